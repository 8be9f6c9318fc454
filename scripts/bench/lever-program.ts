/** Runs the local Lever as a separate process, with a large account if requested. */
import { startSandbox } from '../../src/sandbox/sandbox.ts'
import { largeAccount } from './large-account.ts'
import { readGiven, tell } from './program.ts'

const { opportunities } = readGiven() as { opportunities: number }
const sandbox = await startSandbox({
  port: 0,
  ...(opportunities > 0 ? { account: largeAccount(opportunities) } : {}),
})
process.once('SIGTERM', () => void sandbox.stop().finally(() => process.exit(0)))
await tell({ url: sandbox.url, apiUrl: sandbox.apiUrl, apiKey: sandbox.apiKey })

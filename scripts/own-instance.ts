/** A new, empty instance in a temporary folder and on free ports. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './free-port.ts'
import { startLocalInstance, type LocalInstance } from './local-instance.ts'

/** The environment variables that say where to find MongoDB. The instance sets all others. */
const WAYS = ['PATH', 'HOME', 'MONGOMS_SYSTEM_BINARY'] as const

/**
 * Starts the instance. Its data is deleted when this process ends.
 * @throws Error with a message for the operator
 */
export async function startOwnInstance(options: { samplePeople?: boolean } = {}): Promise<LocalInstance> {
  const dataDir = mkdtempSync(join(tmpdir(), 'fulcrum-own-'))
  process.once('exit', () => rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 }))
  const [port, sandboxPort] = await Promise.all([freePort(), freePort()])
  const own = { DATA_DIR: dataDir, PORT: String(port), SANDBOX_PORT: String(sandboxPort), LOG_LEVEL: 'error', LEVER_ENVIRONMENT: 'local' }
  const inherited = Object.fromEntries(WAYS.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])))
  return startLocalInstance({ env: { ...inherited, ...own }, say: (line) => void process.stdout.write(`${line}\n`), ...options })
}

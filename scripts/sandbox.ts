/** `npm run sandbox`: the local Lever alone, for development and for manual trials. */
import { join } from 'node:path'
import { z } from 'zod'
import { UnreadableStateError } from '../src/sandbox/account/state-file.ts'
import { ANSWER_SETS } from '../src/sandbox/answers.ts'
import { startSandbox, type RunningSandbox } from '../src/sandbox/sandbox.ts'

const Environment = z.object({
  SANDBOX_PORT: z.coerce.number().int().min(0).max(65_535).default(4010),
  DATA_DIR: z.string().min(1).default('.data'),
  SANDBOX_ANSWERS: z.enum(ANSWER_SETS).default('likeliest'),
})

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

function describe(sandbox: RunningSandbox, dataDir: string): void {
  say(`
  Pages         ${sandbox.url}                 sign in as anyone, e.g. Ana Duarte (Super Admin)
  API           ${sandbox.apiUrl}
  OAuth         ${sandbox.authUrl}/authorize   audience ${sandbox.audience}
  Client id     ${sandbox.clientId}
  Client secret ${sandbox.clientSecret}
  API key       ${sandbox.apiKey}
  Control       ${sandbox.url}/control         described in src/sandbox/README.md
  State         ${join(dataDir, 'sandbox.json')}

  Try: curl -u ${sandbox.apiKey}: '${sandbox.apiUrl}/opportunities?limit=1'
  Ctrl-C stops it; the state is kept.
`)
}

function explain(error: unknown, port: number): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EADDRINUSE') return `Port ${port} is in use: stop the program that listens there, or set SANDBOX_PORT to a free one.`
  if (code === 'EACCES') return `Port ${port} needs more privileges: set SANDBOX_PORT to a port above 1023.`
  if (error instanceof UnreadableStateError) return error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

async function main(): Promise<void> {
  const environment = Environment.safeParse(process.env)
  if (!environment.success) {
    const faults = environment.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
    process.stderr.write(`The local Lever cannot start.\n${faults.join('\n')}\n`)
    process.exit(1)
  }
  const { SANDBOX_PORT: port, DATA_DIR: dataDir, SANDBOX_ANSWERS: answers } = environment.data
  const sandbox = await startSandbox({ port, answers, stateFile: join(dataDir, 'sandbox.json'), say }).catch((error: unknown) => {
    process.stderr.write(`${explain(error, port)}\n`)
    process.exit(1)
  })
  describe(sandbox, dataDir)
  const stop = (): void => {
    void sandbox.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`The state could not be written: ${String(error)}\n`)
        process.exit(1)
      },
    )
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
}

await main()

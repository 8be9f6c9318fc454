/** `npm start`: the whole product on this machine, with a sample organization. Ctrl-C stops everything. */
import { ConfigError } from '../src/config.ts'
import { createLog } from '../src/log.ts'
import { stopOnSignal } from '../src/compose/stop-on-signal.ts'
import { startLocalInstance, type LocalInstance } from './local-instance.ts'
import { seedSamples } from './seed-samples.ts'

const say = (line: string): void => void process.stdout.write(`${line}\n`)

let instance: LocalInstance | undefined
const giveUp = new AbortController()
const starting = begin()
stopOnSignal(
  async () => {
    giveUp.abort(new Error('stopped while starting'))
    await starting.catch(() => undefined)
    await instance?.stop()
  },
  {
    graceMs: 20_000,
    log: createLog({ level: 'warn', pretty: process.stdout.isTTY }),
    withParent: process.env['npm_lifecycle_event'] !== undefined,
  },
)

try {
  await starting
} catch (error) {
  if (!giveUp.signal.aborted) {
    process.stderr.write(`\n${error instanceof ConfigError || error instanceof Error ? error.message : String(error)}\n`)
    process.exit(1)
  }
}

async function begin(): Promise<void> {
  const startedAt = performance.now()
  say('Fulcrum is starting …')
  instance = await startLocalInstance({ env: process.env, say, samplePeople: true, signal: giveUp.signal })
  await seedSamples(instance)
  say(banner(instance, performance.now() - startedAt))
}

function banner({ url, config, sandbox }: LocalInstance, tookMs: number): string {
  const lines = [
    '',
    `Fulcrum is ready (${(tookMs / 1000).toFixed(1)} s).`,
    '',
    `  Open            ${url}/sign-in     and choose one of the sample people: one click, no password`,
    `  API             ${url}/api/docs    an operator's key is in ${process.env['OPERATOR_API_KEY'] ? 'OPERATOR_API_KEY' : `${config.dataDir}/operator-api-key`}`,
    ...(sandbox ? [`  Local Lever     ${sandbox.url}             choose a Lever user; Ana Duarte is a Super Admin`] : []),
    `  Data            ${config.dataDir}`,
    '',
    'Ctrl-C stops everything; the data is kept.',
  ]
  return lines.join('\n')
}

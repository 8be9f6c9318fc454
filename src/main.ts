/** The production process: reads the configuration, composes the parts, serves, and stops on a signal. */
import { ConfigError, readConfig } from './config.ts'
import { createLog } from './log.ts'
import { stopOnSignal } from './compose/stop-on-signal.ts'

const REQUIRED = ['MONGODB_URI', 'SECRET_KEYS', 'PUBLIC_URL'] as const

function readOrExit() {
  try {
    return readConfig({ NODE_ENV: 'production', ...process.env }, [...REQUIRED])
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exit(1)
  }
}

const config = readOrExit()
// imported after the configuration is read, so that invalid values are reported within seconds even on a slow machine
const { compose } = await import('./compose/compose.ts')
const log = createLog({ level: config.logLevel, pretty: process.stdout.isTTY })
const service = compose({ ...config, mongodbUri: config.mongodbUri ?? '' }, log)
stopOnSignal(() => service.stop(), { graceMs: config.shutdownGraceMs, log, withParent: process.env['npm_lifecycle_event'] !== undefined })
try {
  const { url } = await service.start()
  log.info({ url, publicUrl: config.publicUrl, roles: config.roles, lever: config.lever.environment }, 'serving')
  void service.whenReady
    .then(offerSetUp, refuse)
    .catch((error: unknown) => log.error({ err: error }, 'the setup link could not be created'))
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  await service.stop().catch(() => undefined)
  process.exit(1)
}

/** Ends the process, because restarting an older version cannot help. Its supervisor shows the exit code and the last lines. */
async function refuse(error: unknown): Promise<void> {
  const fault = error instanceof Error ? error.message : String(error)
  log.fatal({ fault }, 'this version cannot use the database')
  process.stderr.write(`${fault}\n`)
  await service.stop().catch(() => undefined)
  process.exit(1)
}

/**
 * The set-up link is the only secret in the log, because a person who can read the log at the first start may set up
 * the service. It is valid for a day, and for one use.
 */
async function offerSetUp(): Promise<void> {
  const setUpLink = await service.createSetUpLink()
  if (setUpLink !== null) log.warn({ setUpLink }, 'no one has an account yet: open this link once, within a day, to become the first admin')
}

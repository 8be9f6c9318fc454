/**
 * A complete instance on this machine: embedded MongoDB, the local Lever, web and worker. `npm start` runs one on the data folder; the tour
 * runs its own in a temporary folder.
 */
import { resolve } from 'node:path'
import { compose, type Service } from '../src/compose/compose.ts'
import { readConfig, type Config } from '../src/config.ts'
import { createLog } from '../src/log.ts'
import { startSandbox, type RunningSandbox } from '../src/sandbox/sandbox.ts'
import { freePort } from './free-port.ts'
import { lockDataFolder } from './data-folder.ts'
import { startMongod, type RunningMongod } from './mongod.ts'
import { keptOperatorKey, keptSecretKeys } from './secret-keys.ts'

export interface LocalInstance {
  url: string
  config: Config
  service: Service
  operatorApiKey: string
  /** Null if LEVER_ENVIRONMENT names another Lever. */
  sandbox: RunningSandbox | null
  stop(): Promise<void>
}

export interface LocalInstanceOptions {
  env: NodeJS.ProcessEnv
  say: (line: string) => void
  /** Aborts the start. */
  signal?: AbortSignal
  samplePeople?: boolean
}

/**
 * Starts everything and resolves when it answers. If a part does not start, the others are stopped again.
 * @throws ConfigError, or Error with a message for the operator
 */
export async function startLocalInstance({ env, say, signal, samplePeople = false }: LocalInstanceOptions): Promise<LocalInstance> {
  const given = await readGiven(env)
  const stops: (() => Promise<void>)[] = []
  const stop = async (): Promise<void> => {
    for (const one of stops.splice(0).toReversed())
      await one().catch((error: unknown) => say(`A part did not stop cleanly: ${String(error)}`))
  }
  try {
    const dataDir = resolve(given.dataDir)
    const lock = await lockDataFolder(dataDir)
    stops.push(() => lock.release())
    const [mongod, sandbox] = await startBeside(given, { dataDir, say, signal }, stops)
    const operatorApiKey = given.operatorApiKey ?? (await keptOperatorKey(dataDir))
    const config = readConfig({
      LEVER_ENVIRONMENT: 'local',
      ...(sandbox ? leverVariables(sandbox) : {}),
      ...(given.secretKeys.length === 0 ? { SECRET_KEYS: await keptSecretKeys(dataDir) } : {}),
      ...(mongod ? { MONGODB_URI: withDatabase(mongod.uri, 'fulcrum') } : {}),
      OPERATOR_API_KEY: operatorApiKey,
      ...filled(env),
      PORT: String(given.port),
    })
    const log = createLog({ level: config.logLevel, pretty: process.stdout.isTTY })
    const service = compose({ ...config, mongodbUri: config.mongodbUri ?? '', samplePeople }, log)
    stops.push(() => service.stop())
    const { url } = await service.start()
    await service.whenReady
    return { url, config, service, operatorApiKey, sandbox, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Replaces port 0 with a free port now, since published addresses begin with it. */
async function readGiven(env: NodeJS.ProcessEnv): Promise<Config> {
  const given = readConfig({ LEVER_ENVIRONMENT: 'local', ...filled(env) })
  return given.port === 0 ? readConfig({ LEVER_ENVIRONMENT: 'local', ...filled(env), PORT: String(await freePort()) }) : given
}

/** False if the variables name another Lever, on this machine or elsewhere. */
function needsSandbox({ lever }: Config): boolean {
  return lever.environment === 'local' && lever.apiUrl === readConfig({ LEVER_ENVIRONMENT: 'local' }).lever.apiUrl
}

/** Starts MongoDB and the local Lever at the same time; either may already run elsewhere. */
async function startBeside(
  config: Config,
  { dataDir, say, signal }: { dataDir: string; say: (line: string) => void; signal: AbortSignal | undefined },
  stops: (() => Promise<void>)[],
): Promise<[RunningMongod | null, RunningSandbox | null]> {
  const mongod = config.mongodbUri ? null : startMongod({ dataDir, say, ...(signal ? { signal } : {}) })
  const sandbox = needsSandbox(config) ? startLocalLever(config, dataDir) : null
  const [first, second] = await Promise.allSettled([mongod, sandbox])
  if (first.status === 'fulfilled' && first.value) stops.push(() => first.value?.stop() ?? Promise.resolve())
  if (second.status === 'fulfilled' && second.value) stops.push(() => second.value?.stop() ?? Promise.resolve())
  if (first.status === 'rejected') throw first.reason
  if (second.status === 'rejected') throw second.reason
  return [first.value, second.value]
}

async function startLocalLever(config: Config, dataDir: string): Promise<RunningSandbox> {
  try {
    return await startSandbox({
      port: config.sandboxPort,
      answers: config.sandboxAnswers,
      stateFile: resolve(dataDir, 'sandbox.json'),
      redirectUris: [`${config.publicUrl}/oauth/lever/callback`],
    })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    throw new Error(`Port ${config.sandboxPort} is in use: stop the program that listens there, or set SANDBOX_PORT to a free one.`, {
      cause: error,
    })
  }
}

function leverVariables({ apiUrl, authUrl, audience, clientId, clientSecret }: RunningSandbox): NodeJS.ProcessEnv {
  return {
    LEVER_API_URL: apiUrl,
    LEVER_AUTH_URL: authUrl,
    LEVER_AUDIENCE: audience,
    LEVER_CLIENT_ID: clientId,
    LEVER_CLIENT_SECRET: clientSecret,
  }
}

/** Drops empty variables: they count as absent and must not hide a default. */
function filled(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim()))
}

function withDatabase(uri: string, name: string): string {
  const url = new URL(uri)
  url.pathname = `/${name}`
  return url.toString()
}

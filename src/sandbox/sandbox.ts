/**
 * A local Lever: the Data API, its OAuth server, its webhooks and enough of its pages to work with them, on this machine. It runs as a
 * separate program; its README describes the control interface.
 */
import type { AddressInfo } from 'node:net'
import { setMaxListeners } from 'node:events'
import { createServer, type Server } from 'node:http'
import { accountData, accountFrom, type AccountData } from './account/account.ts'
import { loadState, StateKeeper } from './account/state-file.ts'
import { sandboxApp } from './app.ts'
import { FaultBox } from './control/fault-box.ts'
import { RequestLog } from './control/request-log.ts'
import type { AnswerSet } from './answers.ts'
import { sampleAccount } from './seed/sample-account.ts'
import { defaultSettings } from './settings.ts'
import { DeliveryDesk } from './deliveries/delivery-desk.ts'
import type { World } from './world.ts'

export interface SandboxOptions {
  /** 0 takes any free port */
  port: number
  host?: string
  /** The file that keeps the account across restarts; without it, the account is in memory only. */
  stateFile?: string
  /** The initial account if none is stored; by default, the sample account. A reset returns to the sample account. */
  account?: AccountData
  /** Added to those of the sample app. */
  redirectUris?: string[]
  /** How browsers and the product reach it, if that is not `http://host:port`. */
  publicUrl?: string
  /** Another seed gives another Lever account: the same people and jobs under other ids. */
  seed?: string
  /** The answers where Lever's behavior is unknown; a reset restores them. */
  answers?: AnswerSet
  say?: (line: string) => void
}

export interface RunningSandbox {
  url: string
  /** `url` with `/v1` */
  apiUrl: string
  /** serves `/authorize` and `/oauth/token` */
  authUrl: string
  /** `apiUrl` with a trailing slash */
  audience: string
  clientId: string
  clientSecret: string
  /** allows everything */
  apiKey: string
  /** Closes open connections and writes the state. */
  stop(): Promise<void>
}

/**
 * @throws UnreadableStateError if the state file exists but is not a state file
 * @throws Error with `code: 'EADDRINUSE'` if the port is taken
 */
export async function startSandbox(options: SandboxOptions): Promise<RunningSandbox> {
  const stored = options.stateFile ? await loadState(options.stateFile) : null
  const server = createServer()
  await listen(server, options.port, options.host ?? '127.0.0.1')
  const url = options.publicUrl?.replace(/\/$/, '') ?? addressOf(server, options.host ?? '127.0.0.1')
  const stop = new AbortController()
  setMaxListeners(0, stop.signal) // each answer that is held back listens to it
  const { world, keeper } = buildWorld(options, stored, url, stop.signal)
  const handle = sandboxApp(world).callback()
  server.on('request', (request, response) => void handle(request, response))
  world.desk.start()
  options.say?.(
    stored ? `Local Lever at ${url}, with the account from ${options.stateFile}` : `Local Lever at ${url}, with the sample account`,
  )
  const [app] = world.account.apps.values()
  const [apiKey] = world.account.apiKeys.values()
  return {
    ...world.urls,
    authUrl: url,
    clientId: app?.clientId ?? '',
    clientSecret: app?.clientSecret ?? '',
    apiKey: apiKey?.key ?? '',
    stop: async () => {
      stop.abort()
      server.closeAllConnections()
      await Promise.all([new Promise((resolve) => server.close(resolve)), world.desk.stop()])
      await keeper?.flush()
    },
  }
}

function buildWorld(
  options: SandboxOptions,
  stored: Awaited<ReturnType<typeof loadState>>,
  url: string,
  stopping: AbortSignal,
): { world: World; keeper: StateKeeper | undefined } {
  const fresh = (): World['account'] => accountFrom(sampleAccount({ redirectUris: options.redirectUris ?? [], seed: options.seed ?? '' }))
  const begun = stored ?? options.account
  const bare: Omit<World, 'desk'> = {
    account: begun ? accountFrom(begun) : fresh(),
    settings: defaultSettings(options.answers ?? 'likeliest'),
    faults: new FaultBox(),
    requests: new RequestLog(),
    urls: { url, apiUrl: `${url}/v1`, audience: `${url}/v1/` },
    now: () => Date.now() + world.settings.clockOffsetMs,
    emit: (event) => world.desk.emit(event),
    changed: () => keeper?.changed(),
    stopping,
    reset: () => {
      world.desk.clear()
      world.account = fresh()
      world.settings = defaultSettings(options.answers ?? 'likeliest')
      world.faults.clear()
      world.requests.clear()
      world.changed()
    },
  }
  const world: World = Object.assign(bare, { desk: new DeliveryDesk(() => world) })
  const keeper = options.stateFile ? new StateKeeper(options.stateFile, () => accountData(world.account)) : undefined
  addRedirectUris(world, options.redirectUris ?? [])
  if (!stored) world.changed()
  return { world, keeper }
}

function addRedirectUris(world: World, redirectUris: string[]): void {
  const [app] = world.account.apps.values()
  if (app) app.redirectUris = [...new Set([...app.redirectUris, ...redirectUris])]
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function addressOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}

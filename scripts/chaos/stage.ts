import { mkdirSync } from 'node:fs'
import { MongoClient, type Db } from 'mongodb'
import { startSandbox, type RunningSandbox } from '../../src/sandbox/sandbox.ts'
import { createCalls, type Calls } from '../tour/calls.ts'
import { startMongodSet, type MongodSet } from './mongod-set.ts'
import { joinOrganizations, type ChaosOrganization } from './organizations.ts'
import { serviceProcess, type ServiceProcess } from './service-process.ts'
import { steadyPort } from './steady-port.ts'
import { BURST, LEASE_MS, PER_SECOND, SETTLE_MS, TIMEOUT_MS } from './times.ts'

/** All running processes, and the connected organizations. */
export interface Stage {
  /** The local Lever's control interface. */
  control: Calls
  mongods: MongodSet
  /** Two web processes, two workers. */
  processes: readonly ServiceProcess[]
  db: Db
  organizations: readonly ChaosOrganization[]
  /** Addresses of the web processes. */
  urls: readonly string[]
  postingIds: readonly string[]
}

export interface StageOptions {
  /** For data and logs; created if it is missing. */
  folder: string
  replicas: number
  /** Folder of the processes' program. */
  root: string
  /** Additional environment variables for the processes. */
  env?: Record<string, string>
  say: (line: string) => void
}

/** Stops everything, the latest first. */
export type Ends = (() => Promise<void>)[]

const OPERATOR_KEY = 'operator-key-of-the-chaos'

/** Starts everything; `ends` receives the functions that stop it, also if this fails halfway. */
export async function setStage({ folder, replicas, root, env, say }: StageOptions, ends: Ends): Promise<Stage> {
  mkdirSync(folder, { recursive: true })
  const lever = await startSandbox({ port: 0 })
  ends.push(() => lever.stop())
  const mongods = await startMongodSet(folder, replicas, say)
  ends.push(() => mongods.stop())
  const database = await MongoClient.connect(mongods.uri('chaos'))
  ends.push(() => database.close())
  const processes = await configureProcesses(mongods.uri('chaos'), lever, { folder, root, ...(env ? { env } : {}) })
  ends.push(async () => void (await Promise.all(processes.map((process) => process.stop()))))
  for (const process of processes) process.start()
  await Promise.all(processes.map((process) => process.untilReady()))

  const control = createCalls(`${lever.url}/control`)
  const urls = processes.filter(({ role }) => role === 'web').map(({ url }) => url)
  await control.send('PATCH', 'settings', { rateLimit: { perSecond: PER_SECOND, burst: 2 * BURST } })
  const second = await control.send<{ key: string }>('POST', 'api-keys', { name: 'Second' })
  const joining = { url: urls[0] ?? '', operatorKey: OPERATOR_KEY, leverKeys: [lever.apiKey, second.key] as const }
  const organizations = await joinOrganizations(joining)
  return { control, mongods, processes, db: database.db(), organizations, urls, postingIds: await readPostingIds(urls, organizations) }
}

async function configureProcesses(
  mongodbUri: string,
  lever: RunningSandbox,
  { env: more, ...where }: Pick<StageOptions, 'folder' | 'root' | 'env'>,
): Promise<ServiceProcess[]> {
  const roles = ['web', 'web', 'worker', 'worker'] as const
  const ports = await Promise.all(roles.map(steadyPort))
  const common = {
    PUBLIC_URL: `http://127.0.0.1:${ports[0]}`, MONGODB_URI: mongodbUri, SECRET_KEYS: `chaos:${Buffer.from('a key of 32 bytes, for the chaos').toString('base64')}`,
    OPERATOR_API_KEY: OPERATOR_KEY, LEVER_ENVIRONMENT: 'local', LEVER_API_URL: lever.apiUrl, LEVER_AUTH_URL: lever.authUrl,
    LEVER_REQUESTS_PER_SECOND: String(PER_SECOND), LEVER_BURST: String(BURST), LEASE_MS: String(LEASE_MS), SETTLE_MS: String(SETTLE_MS),
    LEVER_TIMEOUT_MS: String(TIMEOUT_MS), LOG_LEVEL: 'info', ...more,
  } // prettier-ignore
  return roles.map((role, index) => {
    const env = { ...common, PORT: String(ports[index]) }
    return serviceProcess({ name: `${role}-${index}`, role, env, ...where })
  })
}

async function readPostingIds(urls: readonly string[], organizations: readonly ChaosOrganization[]): Promise<string[]> {
  const api = createCalls(`${urls[0]}/api/v1`, organizations[0]?.apiKey)
  const { data } = await api.get<{ data: { id: string }[] }>('lever/postings?state=published')
  return data.map(({ id }) => id)
}

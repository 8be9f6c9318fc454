import { setMaxListeners } from 'node:events'
import { mkdirSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { MongoClient, type Db } from 'mongodb'
import { startSandbox, type RunningSandbox } from '../../src/sandbox/sandbox.ts'
import { createCalls, until, type Calls } from '../tour/calls.ts'
import { strike, type BlowCounts } from './blows.ts'
import { groupBy } from './group-by.ts'
import {
  budgetUse,
  findDoubles,
  findImpostors,
  findLost,
  findNotes,
  findOverspending,
  type Breach,
  type BudgetUse,
  type Evidence,
  type ExportRecord,
  type LeverRecord,
} from './invariants.ts'
import { plantFaults } from './lever-faults.ts'
import { followRequests, type LeverRequest } from './lever-log.ts'
import { startMongodSet, type MongodSet } from './mongod-set.ts'
import { joinOrganizations, type ChaosOrganization } from './organizations.ts'
import { seededRandom } from './random.ts'
import { serviceProcess, type ServiceProcess } from './service-process.ts'
import { steadyPort } from './steady-port.ts'
import { BURST, LEASE_MS, PER_SECOND, SETTLE_MS, TIMEOUT_MS } from './times.ts'
import { makeWishes, type Asked } from './wishes.ts'

export interface ChaosOptions {
  seed: number
  /** Of faults, blows and new wishes; what is open then is waited for. */
  lastsMs: number
  /** Between two blows of the same hand; there are two. */
  blowEveryMs: number
  replicas: number
  atMost: number
  folder: string
  say: (line: string) => void
}

export interface ChaosReport {
  seed: number
  breaches: Breach[]
  /** Exports by how they ended. */
  exports: Record<string, number>
  batches: number
  blows: BlowCounts
  faultsHit: number
  requests: number
  /** Refused with 429 by the local Lever's own limit. */
  refused: number
  budget: BudgetUse[]
  /** Processes that ended without being told to. */
  ownEnds: number
  /** How late the local Lever and the load were at worst: beyond the settle time nothing here proves anything. */
  latestMs: number
}

const OPERATOR_KEY = 'operator-key-of-the-chaos'
const READY_WITHIN_MS = 120_000
const ENDS_WITHIN_MS = 180_000
const SAY_EVERY_MS = 10_000

/**
 * Runs everything, waits until what was asked for has ended, and holds what there is in Lever against what there is here. What it started is ended
 * in any case, when `signal` is aborted too.
 */
export async function runChaos(options: ChaosOptions, signal: AbortSignal): Promise<ChaosReport> {
  mkdirSync(options.folder, { recursive: true })
  const ends: (() => Promise<void>)[] = []
  const aborted = new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(new Error('given up'))))
  try {
    return await Promise.race([setUp(options, ends).then((stage) => unleash(stage, options)), aborted])
  } finally {
    for (const end of ends.toReversed()) await end()
  }
}

async function setUp({ folder, replicas, say }: ChaosOptions, ends: (() => Promise<void>)[]): Promise<Stage> {
  const lever = await startSandbox({ port: 0 })
  ends.push(() => lever.stop())
  const mongods = await startMongodSet(folder, replicas, say)
  ends.push(() => mongods.stop())
  const database = await MongoClient.connect(mongods.uri('chaos'))
  ends.push(() => database.close())
  const processes = await configureProcesses(mongods.uri('chaos'), lever, folder)
  ends.push(async () => void (await Promise.all(processes.map((process) => process.stop()))))
  for (const process of processes) process.start()
  await Promise.all(processes.map(untilReady))
  return { lever, mongods, processes, db: database.db() }
}

async function untilReady({ name, url }: ServiceProcess): Promise<void> {
  await until(`${name} is ready`, async () => (await fetch(`${url}/readyz`).catch(() => null))?.ok, READY_WITHIN_MS)
}

interface Stage {
  lever: RunningSandbox
  mongods: MongodSet
  processes: ServiceProcess[]
  db: Db
}

async function unleash({ lever, mongods, processes, db }: Stage, options: ChaosOptions): Promise<ChaosReport> {
  const { seed, say } = options
  const control = createCalls(`${lever.url}/control`)
  const urls = processes.filter(({ name }) => name.startsWith('web')).map(({ url }) => url)
  await control.send('PATCH', 'settings', { rateLimit: { perSecond: PER_SECOND, burst: 2 * BURST } })
  const organizations = await settleIn(control, lever, urls)
  const log = followRequests(control)
  const lateness = monitorEventLoopDelay({ resolution: 10 })
  lateness.enable()
  const over = AbortSignal.timeout(options.lastsMs)
  setMaxListeners(20, over)
  const told = tell(db, say, over)
  const [asked, faultsHit, blows] = await Promise.all([
    makeWishes({ urls, organizations, postingIds: await postingIds(urls, organizations), random: seededRandom(seed, 'wishes'), until: over, atMost: options.atMost }),
    plantFaults(control, seededRandom(seed, 'faults'), over),
    strike({ processes, mongods }, seededRandom(seed, 'blows'), options.blowEveryMs, over),
  ]) // prettier-ignore
  await told
  say('Nothing is harmed any more; what is open is waited for.')
  await untilEnded(db, say)
  lateness.disable()
  const evidence = await gather(db, control, { asked, organizations, requests: await log.end() })
  const budget = budgetUse(evidence.requests)
  const breaches = [
    ...[findDoubles, findLost, findImpostors, findNotes].flatMap((find) => find(evidence)),
    ...findOverspending(budget),
    ...(await findBatches(urls, asked)),
    ...asked.unexpected.map((detail): Breach => ({ what: 'answer', ids: [], detail })),
  ]
  return {
    seed, breaches, blows, faultsHit, budget,
    exports: countBy(evidence.exports, ({ status }) => status),
    batches: asked.batches.size,
    requests: evidence.requests.length,
    refused: evidence.requests.filter(({ status, fault }) => status === 429 && fault === null).length,
    ownEnds: processes.reduce((sum, process) => sum + process.ownEnds(), 0),
    latestMs: Math.round(lateness.max / 1e6),
  } // prettier-ignore
}

async function configureProcesses(mongodbUri: string, lever: RunningSandbox, folder: string): Promise<ServiceProcess[]> {
  const ports = await Promise.all(Array.from({ length: 4 }, steadyPort))
  const publicUrl = `http://127.0.0.1:${ports[0]}`
  const common = {
    PUBLIC_URL: publicUrl, MONGODB_URI: mongodbUri, SECRET_KEYS: `chaos:${Buffer.alloc(32, 9).toString('base64')}`,
    OPERATOR_API_KEY: OPERATOR_KEY, LEVER_ENVIRONMENT: 'local', LEVER_API_URL: lever.apiUrl, LEVER_AUTH_URL: lever.authUrl,
    LEVER_REQUESTS_PER_SECOND: String(PER_SECOND), LEVER_BURST: String(BURST), LEASE_MS: String(LEASE_MS), SETTLE_MS: String(SETTLE_MS),
    LEVER_TIMEOUT_MS: String(TIMEOUT_MS), LOG_LEVEL: 'info',
  } // prettier-ignore
  const roles = ['web', 'web', 'worker', 'worker'] as const
  return roles.map((role, index) => serviceProcess(`${role}-${index}`, { ...common, ROLES: role, PORT: String(ports[index]) }, folder))
}

async function settleIn(control: Calls, lever: RunningSandbox, urls: readonly string[]): Promise<ChaosOrganization[]> {
  const second = await control.send<{ key: string }>('POST', 'api-keys', { name: 'Second' })
  return joinOrganizations({ url: urls[0] ?? '', operatorKey: OPERATOR_KEY, leverKeys: [lever.apiKey, second.key] })
}

async function postingIds(urls: readonly string[], organizations: readonly ChaosOrganization[]): Promise<string[]> {
  const api = createCalls(`${urls[0]}/api/v1`, organizations[0]?.apiKey)
  const { data } = await api.get<{ data: { id: string }[] }>('lever/postings?state=published')
  return data.map(({ id }) => id)
}

async function tell(db: Db, say: (line: string) => void, over: AbortSignal): Promise<void> {
  while (!over.aborted) {
    await sleep(SAY_EVERY_MS, undefined, { signal: over }).catch(() => undefined)
    const states = await countStates(db).catch(() => null)
    say(states ? `exports: ${JSON.stringify(states)}` : 'exports: the database is not there')
  }
}

async function countStates(db: Db): Promise<Record<string, number>> {
  const counted = await db.collection('exports').aggregate<{ _id: string; count: number }>([{ $sortByCount: '$status' }]).toArray() // prettier-ignore
  return Object.fromEntries(counted.map(({ _id, count }) => [_id, count]))
}

const OPEN = { $or: [{ status: { $in: ['queued', 'checking', 'sending', 'unclear'] } }, { status: 'exported', 'note.status': 'queued' }] }

/** Gives up after a while in which nothing has ended: what is open then is a finding. */
async function untilEnded(db: Db, say: (line: string) => void): Promise<void> {
  let [fewest, since] = [Number.POSITIVE_INFINITY, performance.now()]
  while (performance.now() - since < ENDS_WITHIN_MS) {
    const open = await db.collection('exports').countDocuments(OPEN)
    if (open === 0) return
    if (open < fewest) [fewest, since] = [open, performance.now()]
    await sleep(500)
  }
  say(`${fewest} are open, and nothing has ended for ${ENDS_WITHIN_MS / 1000} s.`)
}

async function gather(
  db: Db,
  control: Calls,
  { asked, organizations, requests }: { asked: Asked; organizations: ChaosOrganization[]; requests: LeverRequest[] },
): Promise<Evidence> {
  const exports = await db.collection<ExportRecord>('exports').find().toArray()
  const sources = new Set(organizations.map(({ source }) => source))
  const { data } = await control.get<{ data: LeverRecord[] }>('opportunities')
  const notes = new Map<string, number>()
  for (const { note, opportunityId } of exports)
    if (note && opportunityId)
      notes.set(opportunityId, (await control.get<{ notes: unknown[] }>(`state?opportunity=${opportunityId}`)).notes.length)
  const opportunities = data.filter((one) => one.sources.some((source) => sources.has(source)))
  return { exports, accepted: asked.exports, opportunities, notes, requests }
}

interface Batch {
  status: string
  total: number
  finishedAt: string | null
  queued: number
  running: number
  exported: number
  duplicate: number
  failed: number
  canceled: number
}

async function findBatches(urls: readonly string[], { batches }: Asked): Promise<Breach[]> {
  const breaches: Breach[] = []
  for (const [id, { apiKey }] of batches) {
    const batch = await createCalls(`${urls[0]}/api/v1`, apiKey).get<Batch>(`export-batches/${id}`)
    const sum = batch.queued + batch.running + batch.exported + batch.duplicate + batch.failed + batch.canceled
    if (sum !== batch.total || batch.status !== 'finished' || batch.finishedAt === null)
      breaches.push({ what: 'batch', ids: [id], detail: `adds up to ${sum} of ${batch.total}, ${batch.status}` })
  }
  return breaches
}

function countBy<T>(items: readonly T[], keyOf: (item: T) => string): Record<string, number> {
  return Object.fromEntries([...groupBy(items, keyOf)].map(([key, own]) => [key, own.length]))
}

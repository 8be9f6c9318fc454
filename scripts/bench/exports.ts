import { setTimeout as sleep } from 'node:timers/promises'
import mongoose from 'mongoose'
import { OpportunitySyncModel } from '../../src/mirror/opportunity-sync-model.ts'
import { until } from '../tour/calls.ts'
import type { Benchmark, ResultTable } from './benchmark.ts'
import { activate, connectOrganization, SOURCER, type Organization } from './connected-organization.ts'
import { seedCandidates } from './exports-seed.ts'
import { environmentFor, type Ground, type LeverProcess } from './ground.ts'
import { exportNowAndThen, type InteractiveExport } from './interactive-exports.ts'
import { forgetRequests, leverRequests } from './lever-requests.ts'
import { quantile } from './quantiles.ts'

/** How many requests Lever accepts at once, beyond the rate. */
const BURST = 20
const RUNS = [
  { pace: 'real', processes: 1, many: 5000, mirror: 'fresh', clicks: 20 },
  { pace: 'real', processes: 4, many: 150, mirror: 'fresh', clicks: 0 },
  { pace: 'real', processes: 1, many: 150, mirror: 'stale', clicks: 0 },
  { pace: 'scaled', processes: 1, many: 500, mirror: 'fresh', clicks: 0 },
] as const
const QUICK = { ofMany: 1 / 5, atMost: 300, clicks: 3 }
const GOAL_RATE = 0.95
const GOAL_CALLS = { fresh: 1.05, stale: 2.05 } as const
const GOAL_WAIT_MS = 250
const CLICK_EVERY_MS = 1500
/** Rarely, so that polling does not disturb the measurement. */
const LOOK_EVERY_MS = 1000
const HOUR_MS = 3_600_000

/** Lever's pace, and one that is ten times as fast, which shows how far the machine is from being the limit. */
const PACES = { real: { perSecond: 10, latencyMs: 300 }, scaled: { perSecond: 100, latencyMs: 30 } } as const

interface Pace {
  perSecond: number
  latencyMs: number
}

/**
 * Compares bulk exports with what the budget allows, by one and by four processes, and measures how long a person waits during a bulk
 * export.
 */
export const exports: Benchmark = {
  name: 'exports',
  title: 'Exports: speed of a bulk export, and how long a person waits beside one',
  async run(ground, { quick, say }) {
    const runs: BulkRun[] = []
    for (const { pace, ...wish } of RUNS) {
      const many = quick ? Math.min(QUICK.atMost, wish.many * QUICK.ofMany) : wish.many
      const clicks = quick ? Math.min(QUICK.clicks, wish.clicks) : wish.clicks
      say(`a bulk of ${many} at ${PACES[pace].perSecond} requests a second by ${wish.processes} process(es), mirror ${wish.mirror}`)
      runs.push(await runBulk(ground, PACES[pace], { ...wish, many, clicks }))
    }
    const atPace = runs.filter(({ perSecond }) => perSecond === PACES.real.perSecond)
    const clicked = runs.filter(({ alone }) => alone.length > 0)
    const p95 = (times: readonly InteractiveExport[]): number => quantile(times.map(sentAfter), 0.95)
    const callsWith = (mirror: MirrorAge): number => Math.max(...runs.filter((run) => run.mirror === mirror).map(callsEach))
    return {
      tables: [bulkTable(runs), ...clicked.map(waitTable)],
      goals: [
        { what: "a bulk against Lever's pace", measured: Math.min(...atPace.map(ofBudget)), atLeast: GOAL_RATE },
        { what: 'calls an export, mirror fresh', measured: callsWith('fresh'), atMost: GOAL_CALLS.fresh },
        { what: 'calls an export, mirror stale', measured: callsWith('stale'), atMost: GOAL_CALLS.stale },
        { what: 'requests answered 429', measured: runs.reduce((sum, { refused }) => sum + refused, 0), atMost: 0 },
        {
          what: 'p95 from click to sent: extra time beside a bulk export, in ms',
          measured: Math.max(...clicked.map(({ alone, beside }) => p95(beside) - p95(alone))),
          atMost: GOAL_WAIT_MS,
        },
      ],
    }
  },
}

/** A stale mirror may not say that a person is not in Lever. */
type MirrorAge = 'fresh' | 'stale'

interface Site {
  organization: Organization
  lever: LeverProcess
  databaseUri: string
}

async function startSite(ground: Ground, { perSecond, latencyMs }: Pace, processes: number): Promise<Site> {
  const lever = await ground.startLever()
  await lever.control.send('PATCH', 'settings', { latencyMs, rateLimit: { perSecond, burst: BURST } })
  const databaseUri = await ground.databaseUri('exports')
  const own = { LEVER_REQUESTS_PER_SECOND: String(perSecond) }
  const service = await ground.startService(await environmentFor(databaseUri, lever, own))
  for (let more = 1; more < processes; more += 1)
    await ground.startService(await environmentFor(databaseUri, lever, { ...own, ROLES: 'worker' }))
  const organization = await connectOrganization(service, lever)
  await activate(organization)
  return { organization, lever, databaseUri }
}

interface BulkWish {
  processes: number
  many: number
  mirror: MirrorAge
  /** Exports by a person during the bulk; the same number runs alone before it. */
  clicks: number
}

interface BulkRun extends Pace, BulkWish {
  acceptedMs: number
  tookMs: number
  calls: number
  refused: number
  /** When each call reached Lever, in ms. */
  sentAt: number[]
  alone: InteractiveExport[]
  beside: InteractiveExport[]
}

async function runBulk(ground: Ground, pace: Pace, wish: BulkWish): Promise<BulkRun> {
  const { processes, many, mirror, clicks } = wish
  const { organization, lever, databaseUri } = await startSite(ground, pace, processes)
  const click = async (): Promise<InteractiveExport[]> => exportNowAndThen(organization, lever, { count: clicks, everyMs: CLICK_EVERY_MS })
  const alone = await click()
  if (mirror === 'stale') await letMirrorAge(databaseUri)
  const candidateIds = await seedCandidates(databaseUri, organization.id, many)
  await forgetRequests(lever)
  const startedAt = Date.now()
  const { batchId, acceptedMs } = await askForBulk(organization, candidateIds)
  const beside = await click()
  const limitMs = 60_000 + (many * 3 * 1000) / pace.perSecond
  const ended = await until('the bulk ends', async () => {
    await sleep(LOOK_EVERY_MS)
    const batch = await organization.api.get<{ status: string; exported: number }>(`export-batches/${batchId}`)
    return batch.status === 'finished' ? batch : null
  }, limitMs) // prettier-ignore
  const requests = await leverRequests(lever)
  await ground.clear()
  if (ended.exported !== many) throw new Error(`Of ${many} exports ${ended.exported} were exported.`)
  return {
    ...pace,
    ...wish,
    acceptedMs,
    tookMs: (requests.at(-1)?.at ?? Number.NaN) - startedAt,
    calls: requests.length,
    refused: requests.filter(({ status }) => status === 429).length,
    sentAt: requests.map(({ at }) => at),
    alone,
    beside,
  }
}

/** Makes the mirror look as if its last sweep were an hour old, and the next one in progress in a slow worker. */
async function letMirrorAge(databaseUri: string): Promise<void> {
  const connection = await mongoose.createConnection(databaseUri).asPromise()
  const [anHourAgo, inAnHour] = [new Date(Date.now() - HOUR_MS), new Date(Date.now() + HOUR_MS)]
  const aged = { sweptAt: anHourAgo, claim: 'slow', leaseUntil: inAnHour }
  await connection.collection(OpportunitySyncModel.collection.name).updateMany({}, { $set: aged, $inc: { fence: 1 } })
  await connection.close()
}

async function askForBulk({ api }: Organization, candidateIds: readonly string[]): Promise<{ batchId: string; acceptedMs: number }> {
  const startedAt = performance.now()
  const { batchId } = await api.send<{ batchId: string }>('POST', 'exports/bulk', { candidateIds, requestedBy: SOURCER })
  return { batchId, acceptedMs: performance.now() - startedAt }
}

/** Returns the steady rate after the burst, as a share of what the budget allows. */
function ofBudget({ perSecond, sentAt }: BulkRun): number {
  const [first = 0, ...steady] = sentAt.slice(BURST)
  return (steady.length * 1000) / ((steady.at(-1) ?? first) - first) / perSecond
}

function callsEach({ calls, many, beside }: BulkRun): number {
  return calls / (many + beside.length)
}

function bulkTable(runs: readonly BulkRun[]): ResultTable {
  const rows = runs.map((run) => {
    const { processes, perSecond, many, mirror, acceptedMs, tookMs, refused } = run
    const rate = (many * 1000) / tookMs
    return [processes, perSecond, many, mirror, acceptedMs, tookMs / 1000, rate, callsEach(run), refused, ofBudget(run)]
  })
  const head = [
    'Processes',
    'Requests/s',
    'Exports',
    'Mirror',
    'Accepted ms',
    'Took s',
    'Exports/s',
    'Calls an export',
    '429',
    'Of the budget',
  ]
  return { title: 'A bulk, from its request until the last call to Lever; of the budget: the rate once the burst is spent', head, rows }
}

function waitTable({ alone, beside, many }: BulkRun): ResultTable {
  const row = (what: string, times: readonly number[]) => [what, quantile(times, 0.5), quantile(times, 0.95), Math.max(...times)]
  const rows = ([['alone', alone], [`beside a bulk of ${many}`, beside]] as const).flatMap(([who, seen]) => [
    row(`${who}: until accepted`, seen.map(({ askedAt, acceptedAt }) => acceptedAt - askedAt)),
    row(`${who}: until its first request reached Lever`, seen.map(({ askedAt, begunAt }) => begunAt - askedAt)),
    row(`${who}: until its creation reached Lever`, seen.map(sentAfter)),
  ]) // prettier-ignore
  return {
    title: `A person's export, in ms from the click (10 requests a second, 300 ms an answer)`,
    head: ['', 'p50', 'p95', 'Longest'],
    rows,
  }
}

function sentAfter({ askedAt, sentAt }: InteractiveExport): number {
  return sentAt - askedAt
}

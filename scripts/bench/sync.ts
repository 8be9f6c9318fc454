import type { Benchmark, ResultTable } from './benchmark.ts'
import { activate, connectOrganization, untilSynced, type Organization } from './connected-organization.ts'
import { environmentFor, type LeverProcess } from './ground.ts'
import { exportNowAndThen, type InteractiveExport } from './interactive-exports.ts'
import { forgetRequests, leverRequests } from './lever-requests.ts'
import { quantile } from './quantiles.ts'

const OPPORTUNITIES = 50_000
const LATENCY_MS = 300
const PER_SECOND = 10
/** How many requests Lever accepts at once. */
const BURST = 20
const GOAL_RATIO = 1.15
const GOAL_START_MS = 1000
const EXPORTS = 8
const EXPORT_EVERY_MS = 4000
const CHANGES = [0, 100, 1000]

/**
 * Measures the first sync at Lever's pace (300 ms per answer, ten requests per second) while a person exports now and then; then sweeps.
 */
export const sync: Benchmark = {
  name: 'sync',
  title: "First sync of Lever's opportunities at 10 requests a second and 300 ms an answer",
  async run(ground, { quick, say }) {
    const opportunities = quick ? OPPORTUNITIES / 5 : OPPORTUNITIES
    say(`making a Lever account of ${opportunities} opportunities`)
    const lever = await ground.startLever({ opportunities })
    const service = await ground.startService(await environmentFor(await ground.databaseUri('sync'), lever))
    const organization = await connectOrganization(service, lever)
    await lever.control.send('PATCH', 'settings', { latencyMs: LATENCY_MS })
    const first = await firstSync(organization, lever, quick ? 2 : EXPORTS, say)
    const sweeps = []
    for (const changes of CHANGES) sweeps.push(await sweep(organization, lever, changes))
    const started = first.exports.map(({ askedAt, begunAt }) => begunAt - askedAt)
    return {
      tables: [syncTable(opportunities, first), startTable(first.exports), sweepTable(sweeps)],
      goals: [
        { what: 'against the ideal (calls − 20) / 10 s', measured: first.tookMs / first.idealMs, atMost: GOAL_RATIO },
        { what: 'slowest start of an export during the sync, in ms', measured: Math.max(...started), atMost: GOAL_START_MS },
      ],
    }
  },
}

interface FirstSync {
  calls: number
  refused: number
  tookMs: number
  idealMs: number
  exports: InteractiveExport[]
}

async function firstSync(
  organization: Organization,
  lever: LeverProcess,
  exports: number,
  say: (line: string) => void,
): Promise<FirstSync> {
  await forgetRequests(lever)
  const startedAt = performance.now()
  say(`reading them all, and exporting ${exports} people at the same time`)
  const activated = activate(organization, 300_000).then(() => performance.now() - startedAt)
  const [tookMs, interactive] = await Promise.all([activated, exportNowAndThen(organization, lever, { count: exports, everyMs: EXPORT_EVERY_MS })]) // prettier-ignore
  const requests = (await leverRequests(lever)).filter(({ at }) => at <= Date.now())
  const calls = requests.length
  const refused = requests.filter(({ status }) => status === 429).length
  return { calls, refused, tookMs, idealMs: ((calls - BURST) * 1000) / PER_SECOND, exports: interactive }
}

interface Sweep {
  changes: number
  calls: number
  tookMs: number
}

/** Sweeps after this many people were moved to another stage in Lever without a webhook. */
async function sweep({ api }: Organization, lever: LeverProcess, changes: number): Promise<Sweep> {
  const { data } = await lever.control.get<{ data: { id: string }[] }>('opportunities')
  for (const { id } of data.slice(0, changes)) await lever.control.send('POST', `opportunities/${id}/stage`, { stage: 'lead-reached-out' })
  await forgetRequests(lever)
  const startedAt = performance.now()
  await api.send('POST', 'lever/sync', { resources: ['opportunities'] })
  await untilSynced(api, 120_000)
  return { changes, calls: (await leverRequests(lever)).length, tookMs: performance.now() - startedAt }
}

function syncTable(opportunities: number, { calls, refused, tookMs, idealMs }: FirstSync): ResultTable {
  const row = [opportunities, calls, refused, tookMs / 1000, idealMs / 1000, tookMs / idealMs]
  return {
    title: 'From the activation until all are read and swept',
    head: ['Opportunities', 'Calls', '429', 'Took s', 'Ideal s', 'Ratio'],
    rows: [row],
  }
}

function startTable(exports: readonly InteractiveExport[]): ResultTable {
  const row = (what: string, times: readonly number[]) => [what, quantile(times, 0.5), Math.max(...times)]
  return {
    title: `${exports.length} exports requested during the sync, in ms`,
    head: ['From the click until', 'p50', 'Longest'],
    rows: [
      row('accepted', exports.map(({ askedAt, acceptedAt }) => acceptedAt - askedAt)),
      row('its first request reached Lever', exports.map(({ askedAt, begunAt }) => begunAt - askedAt)),
      row('its creation reached Lever', exports.map(({ askedAt, sentAt }) => sentAt - askedAt)),
    ],
  } // prettier-ignore
}

function sweepTable(sweeps: readonly Sweep[]): ResultTable {
  return {
    title: 'Sweeps',
    head: ['Changed', 'Calls', 'Took s'],
    rows: sweeps.map(({ changes, calls, tookMs }) => [changes, calls, tookMs / 1000]),
  }
}

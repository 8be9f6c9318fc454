import type { Benchmark, Goal, ResultTable } from './benchmark.ts'
import { activate, ADMIN, connectOrganization, SOURCER, type Organization } from './connected-organization.ts'
import { environmentFor, type Ground } from './ground.ts'
import { quantile } from './quantiles.ts'
import { requestsToMeasure, type Caller, type RowsRequest } from './rows-requests.ts'
import { seedRows, type Counts } from './rows-seed.ts'
import { signInMany } from './sign-in-many.ts'

const FULL: Counts = { candidates: 1_000_000, exports: 1_000_000, foreignEvents: 300_000, ownEvents: 300_000 }
const QUICK: Counts = { candidates: 20_000, exports: 20_000, foreignEvents: 5000, ownEvents: 5000 }
const GOAL_MS = 100
/** Enough that a p99 is not the maximum. */
const ROUNDS = 150
const WARM_UP_ROUNDS = 5

interface Timed extends RowsRequest {
  timesMs: number[]
}

/** Measures lists, filters and searches over HTTP, one request at a time, and verifies what they return. */
export const rows: Benchmark = {
  name: 'rows',
  title: 'Lists, filters and searches with 1,000,000 candidates and 1,000,000 exports in one organization',
  async run(ground, { quick, say }) {
    const { url, organization, batchId } = await prepare(ground, quick ? QUICK : FULL, say)
    const [exporter = '', ...newcomer] = await signInMany(url, organization, 'sourcer', SOURCER)
    const cookies = { admin: await signInMany(url, organization, 'admin', ADMIN), exporter: [exporter], newcomer }
    const timed: Timed[] = requestsToMeasure(batchId).map((request) => ({ ...request, timesMs: [] }))
    const rounds = quick ? 3 : ROUNDS
    for (let round = -WARM_UP_ROUNDS; round < rounds; round += 1) {
      if (round >= 0 && round % 25 === 0) say(`round ${round + 1} of ${rounds} over ${timed.length} requests`)
      for (const [index, request] of timed.entries()) {
        const people = cookies[request.by]
        const tookMs = await timeOf(request, url, people[(round + WARM_UP_ROUNDS + index) % people.length] ?? '')
        if (round >= 0) request.timesMs.push(tookMs)
      }
    }
    return { tables: tablesOf(timed), goals: timed.map(goalOf) }
  },
}

async function prepare(
  ground: Ground,
  counts: Counts,
  say: (line: string) => void,
): Promise<{ url: string; organization: Organization; batchId: string }> {
  const databaseUri = await ground.databaseUri('rows')
  const lever = await ground.startLever()
  const whole = await ground.startService(await environmentFor(databaseUri, lever))
  const organization = await connectOrganization(whole, lever)
  await activate(organization)
  await whole.stop()
  const batchId = await seedRows(databaseUri, organization.id, counts, say)
  const { url } = await ground.startService(await environmentFor(databaseUri, lever, { ROLES: 'web' }))
  return { url, organization, batchId }
}

/**
 * @returns ms until the last byte
 * @throws Error for a wrong answer
 */
async function timeOf({ path, isRight }: RowsRequest, url: string, cookie: string): Promise<number> {
  const startedAt = performance.now()
  const answer = await fetch(new URL(path, url), {
    headers: { cookie, accept: path.startsWith('/api/') ? 'application/json' : 'text/html' },
    redirect: 'manual',
  })
  const body = await answer.text()
  const tookMs = performance.now() - startedAt
  if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}: ${body.slice(0, 500)}`)
  if (!isRight(body)) throw new Error(`${path} has a wrong answer: ${body.slice(0, 1000)}`)
  return tookMs
}

function tablesOf(timed: readonly Timed[]): ResultTable[] {
  const titles = [...new Set(timed.map(({ of }) => of))]
  return titles.map((title) => {
    const group = timed.filter(({ of }) => of === title)
    const plain = quantile(group[0]?.timesMs ?? [], 0.5)
    return {
      title: `${title}, ms`,
      head: ['Request', 'Finds', 'p50', 'p99', 'p50, × the first'],
      rows: group.map(({ path, finds, by, timesMs }) => {
        const p50 = quantile(timesMs, 0.5)
        return [`${decodeURIComponent(path)}${byWhom(by)}`, finds, p50, quantile(timesMs, 0.99), p50 / plain]
      }),
    }
  })
}

function byWhom(by: Caller): string {
  return by === 'admin' ? '' : ` (${by})`
}

function goalOf({ path, by, timesMs }: Timed): Goal {
  return { what: `p99 of ${decodeURIComponent(path)}${byWhom(by)}, in ms`, measured: quantile(timesMs, 0.99), atMost: GOAL_MS }
}

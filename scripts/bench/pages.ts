import { writeCursor } from '../../src/paging.ts'
import type { Benchmark, ResultTable } from './benchmark.ts'
import { activate, ADMIN, connectOrganization, SOURCER, type Organization } from './connected-organization.ts'
import { environmentFor, type Ground } from './ground.ts'
import { seedPages, type Seeded } from './pages-seed.ts'
import { cpuMsOf, memoryMbOf } from './process-costs.ts'
import { quantile } from './quantiles.ts'
import { signInMany } from './sign-in-many.ts'

const RECORDS = 100_000
const QUICK_RECORDS = 10_000
const GOAL_MS = 100
const GOAL_MB = 300
const GOAL_GROWTH = 1.1
/** Enough that the p99 of a page is not its maximum. */
const ROUNDS = 200
const WARM_UP_ROUNDS = 10

type Role = 'admin' | 'sourcer' | 'nobody'
interface MemoryAt {
  loads: number
  mb: number
}
interface TimedPage {
  path: string
  role: Role
  timesMs: number[]
}

/**
 * Measures every page's answer time over HTTP, one request at a time, with 100,000 candidates, exports, deliveries and audit records; and the
 * memory of the process over all of these page loads.
 */
export const pages: Benchmark = {
  name: 'pages',
  title: 'Answer times of all pages with 100,000 candidates and 100,000 exports in the database, and memory',
  async run(ground, { quick, say }) {
    const { url, pid, organization, seeded } = await prepare(ground, quick ? QUICK_RECORDS : RECORDS, say)
    const cookies = {
      admin: await signInMany(url, organization, 'admin', ADMIN),
      sourcer: await signInMany(url, organization, 'sourcer', SOURCER),
      nobody: [''],
    }
    const timed = pagesToMeasure(seeded)
    const rounds = quick ? 5 : ROUNDS
    const memory: MemoryAt[] = [{ loads: 0, mb: await memoryMbOf(pid) }]
    const cpuBefore = await cpuMsOf(pid)
    for (let round = -WARM_UP_ROUNDS; round < rounds; round += 1) {
      if (round >= 0 && round % 20 === 0) {
        say(`round ${round + 1} of ${rounds} over ${timed.length} pages`)
        memory.push({ loads: (round + WARM_UP_ROUNDS) * timed.length, mb: await memoryMbOf(pid) })
      }
      for (const [index, page] of timed.entries()) {
        const people = cookies[page.role]
        const tookMs = await timeOf(new URL(page.path, url), people[(round + WARM_UP_ROUNDS + index) % people.length] ?? '')
        if (round >= 0) page.timesMs.push(tookMs) // earlier rounds are a warm-up
      }
    }
    const all = (rounds + WARM_UP_ROUNDS) * timed.length
    memory.push({ loads: all, mb: await memoryMbOf(pid) })
    const cpuMs = ((await cpuMsOf(pid)) - cpuBefore) / all
    const slowest = Math.max(...timed.map(({ timesMs }) => quantile(timesMs, 0.99)))
    const [end = 0, afterThousand = 0] = [memory.at(-1)?.mb, memory.find(({ loads }) => loads >= 1000)?.mb]
    return {
      tables: [tableOf(timed), memoryTable(memory), { title: 'Processor time of the process', head: ['ms a page'], rows: [[cpuMs]] }],
      goals: [
        { what: 'p99 of the slowest page, in ms', measured: slowest, atMost: GOAL_MS },
        { what: 'memory after all page loads, in MB', measured: end, atMost: GOAL_MB },
        { what: 'memory after all page loads against that after 1,000', measured: end / afterThousand, atMost: GOAL_GROWTH },
      ],
    }
  },
}

/** Starts a web process with a full database. Lever answers at once and without a limit, since only our side is measured. */
async function prepare(
  ground: Ground,
  records: number,
  say: (line: string) => void,
): Promise<{ url: string; pid: number; organization: Organization; seeded: Seeded }> {
  const databaseUri = await ground.databaseUri('pages')
  const lever = await ground.startLever()
  await lever.control.send('PATCH', 'settings', { rateLimit: { enabled: false } })
  const unlimited = { LEVER_REQUESTS_PER_SECOND: '1000', LEVER_BURST: '1000' }
  const whole = await ground.startService(await environmentFor(databaseUri, lever, unlimited))
  const organization = await connectOrganization(whole, lever)
  await activate(organization)
  await whole.stop()
  say('writing candidates, exports, deliveries and an audit trail')
  const seeded = await seedPages(databaseUri, organization.id, records, [SOURCER, ADMIN])
  const { url, pid } = await ground.startService(await environmentFor(databaseUri, lever, { ...unlimited, ROLES: 'web' }))
  return { url, pid, organization, seeded }
}

function pagesToMeasure({ candidateIds, deliveryId }: Seeded): TimedPage[] {
  const [first = '', second = ''] = candidateIds
  const deep = writeCursor(['-added', candidateIds[candidateIds.length - 500]])
  const lists = ['/candidates', `/candidates?cursor=${deep}`, '/candidates?q=ozturk%2011', '/candidates?q=nobody-is-called-so', '/exports', '/exports?status=failed'] // prettier-ignore
  const people = [`/candidates/${first}`, `/candidates/export?one=${first}`, `/candidates/export?id=${first}&id=${second}`, '/candidates/import'] // prettier-ignore
  const settings = ['', '/webhooks', '/users', '/activate', '/settings', '/disconnect'].map((step) => `/settings/ats${step}`)
  const activity = ['/activity', '/activity?status=failed', `/activity?deliveries=${deep}`, `/activity/deliveries/${deliveryId}`]
  const of = (role: Role) => (path: string): TimedPage => ({ path, role, timesMs: [] }) // prettier-ignore
  return [
    ...[...lists, '/candidates?exported=false', '/candidates?project=search-7', ...people].map(of('admin')),
    ...[...settings, '/settings/people', '/settings/api-keys', '/settings/export-rules', ...activity].map(of('admin')),
    ...['/candidates?sort=name', '/exports?sort=added', '/exports/batches', '/account'].map(of('admin')),
    ...[...lists, ...people].map(of('sourcer')),
    ...['/sign-in', '/api/docs'].map(of('nobody')),
  ]
}

/**
 * @returns ms until the last byte
 * @throws Error for any answer that is not a page
 */
async function timeOf(url: URL, cookie: string): Promise<number> {
  const startedAt = performance.now()
  const answer = await fetch(url, { headers: { cookie, accept: 'text/html' }, redirect: 'manual' })
  await answer.text()
  const tookMs = performance.now() - startedAt
  if (answer.status !== 200) throw new Error(`${url.pathname}${url.search} answered ${answer.status}`)
  return tookMs
}

function memoryTable(memory: readonly MemoryAt[]): ResultTable {
  return { title: 'Memory of the process', head: ['Page loads', 'MB'], rows: memory.map(({ loads, mb }) => [loads, mb]) }
}

function tableOf(timed: readonly TimedPage[]): ResultTable {
  const all = { path: 'all of them', role: '', timesMs: timed.flatMap(({ timesMs }) => timesMs) }
  const rows = [...timed, all].map(({ path, role, timesMs }) => [
    path.replaceAll(/[0-9a-f]{24}/g, ':id').replaceAll(/=[\w-]{16}$/g, '=…'),
    role,
    quantile(timesMs, 0.5),
    quantile(timesMs, 0.99),
    Math.max(...timesMs),
  ])
  return { title: 'Answer times in ms', head: ['Page', 'As', 'p50', 'p99', 'Longest'], rows }
}

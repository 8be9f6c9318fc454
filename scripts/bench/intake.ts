import { createCalls } from '../tour/calls.ts'
import type { Benchmark, BenchmarkResult, ResultTable } from './benchmark.ts'
import { connectOrganization } from './connected-organization.ts'
import { environmentFor, type Ground } from './ground.ts'
import type { IntakeLoad, LoadResult } from './intake-load.ts'
import type { PeerKind } from './intake-peer-program.ts'
import { runProgram, startProgram } from './program.ts'
import { median } from './quantiles.ts'

const CONNECTIONS = 64
const SIGNATURE_TOKEN = 'signature-token-of-the-benchmark'
const PASSES = 3
const SECONDS = 4
const WARM_UP_SECONDS = 2
const HALF = 0.5
const GOAL_OF_FLOOR = 0.6
const GOAL_OF_EACH = 2

/** One who takes webhooks in. */
interface Contestant {
  name: string
  target: Pick<IntakeLoad, 'port' | 'path'>
  full: LoadResult[]
  half: LoadResult[]
}

/** Accepted webhooks a second, and what an answer takes at half of that, beside servers that do less and the bare writing. */
export const intake: Benchmark = {
  name: 'intake',
  title: `Webhooks taken in durably, over ${CONNECTIONS} connections`,
  async run(ground, { quick, say }) {
    const contestants = [await startIntake(ground), ...(await startPeers(ground))]
    const floorUri = await ground.databaseUri('intake_floor')
    const floor: number[] = []
    const [passes, seconds] = quick ? [1, 2] : [PASSES, SECONDS]
    for (const one of contestants) await send(one, WARM_UP_SECONDS)
    for (let pass = 0; pass < passes; pass += 1) {
      say(`pass ${pass + 1} of ${passes}: as many as go in`)
      const { perSecond } = await runProgram<{ perSecond: number }>('intake-floor', {
        databaseUri: floorUri,
        groupOf: CONNECTIONS,
        seconds,
      })
      floor.push(perSecond)
      for (const one of contestants) one.full.push(await send(one, seconds))
    }
    for (let pass = 0; pass < passes; pass += 1) {
      say(`pass ${pass + 1} of ${passes}: at half load`)
      for (const one of contestants) one.half.push(await send(one, seconds, HALF * rateOf(one)))
    }
    return compare(contestants, floor)
  },
}

/** The service without workers: what is measured is the taking in. */
async function startIntake(ground: Ground): Promise<Contestant> {
  const lever = await ground.startLever()
  const databaseUri = await ground.databaseUri('intake')
  const service = await ground.startService(await environmentFor(databaseUri, lever, { ROLES: 'web' }))
  const { apiKey } = await connectOrganization(service, lever)
  const api = createCalls(`${service.url}/api/v1`, apiKey)
  await api.send('PUT', 'connection/webhooks/candidateStageChange', { signatureToken: SIGNATURE_TOKEN })
  const { webhookUrl } = await api.get<{ webhookUrl: string }>('connection')
  const { port, pathname } = new URL(webhookUrl)
  return { name: 'Fulcrum', target: { port: Number(port), path: pathname }, full: [], half: [] }
}

async function startPeers(ground: Ground): Promise<Contestant[]> {
  const named: [PeerKind, string][] = [['bare', 'Koa + HMAC, nothing stored'], ['each', 'Koa + HMAC, one durable insert a request'], ['grouped', 'Koa + HMAC, group commit and nothing else']] // prettier-ignore
  return Promise.all(
    named.map(async ([kind, name]) => {
      const given = { kind, databaseUri: await ground.databaseUri(`intake_${kind}`), signatureToken: SIGNATURE_TOKEN }
      const { told } = await ground.start(startProgram<{ port: number }>('intake-peer', given))
      return { name, target: { port: told.port, path: '/' }, full: [], half: [] }
    }),
  )
}

async function send({ name, target }: Contestant, seconds: number, perSecond?: number): Promise<LoadResult> {
  const load: IntakeLoad = {
    ...target,
    signatureToken: SIGNATURE_TOKEN,
    connections: CONNECTIONS,
    seconds,
    ...(perSecond ? { perSecond } : {}),
  }
  const result = await runProgram<LoadResult>('intake-load', load)
  if (result.refused > 0) throw new Error(`${name} refused ${result.refused} of ${result.accepted + result.refused} webhooks`)
  return result
}

function rateOf({ full }: Contestant): number {
  return median(full.map(({ perSecond }) => perSecond))
}

function compare(contestants: readonly Contestant[], floorPasses: readonly number[]): BenchmarkResult {
  const floor = median(floorPasses)
  const [ours, , each, grouped] = contestants.map(rateOf)
  const rows = contestants.map((one) => [
    one.name,
    rateOf(one),
    rateOf(one) / floor,
    one.full.map(({ perSecond }) => Math.round(perSecond)).join(' '),
    HALF * rateOf(one),
    median(one.half.map(({ p50Ms }) => p50Ms)),
    median(one.half.map(({ p99Ms }) => p99Ms)),
  ])
  const floorRow = [`insertMany alone, ${CONNECTIONS} at a time`, floor, 1, floorPasses.map(Math.round).join(' '), '', '', '']
  const table: ResultTable = {
    title: 'Accepted webhooks a second, median of the passes; answer times in ms at half of that',
    head: ['Who', 'a second', 'of the floor', 'Passes', 'Half load', 'p50', 'p99'],
    rows: [...rows, floorRow],
  }
  return {
    tables: [table],
    goals: [
      { what: 'Fulcrum against insertMany alone, without HTTP', measured: (ours ?? 0) / floor, atLeast: GOAL_OF_FLOOR },
      { what: 'Fulcrum against group commit behind the same HTTP', measured: (ours ?? 0) / (grouped ?? 0), atLeast: GOAL_OF_FLOOR },
      { what: 'Fulcrum against one insert a request', measured: (ours ?? 0) / (each ?? 0), atLeast: GOAL_OF_EACH },
    ],
  }
}

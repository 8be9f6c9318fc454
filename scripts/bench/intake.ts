import { createCalls } from '../tour/calls.ts'
import type { Benchmark, BenchmarkResult, ResultTable } from './benchmark.ts'
import { connectOrganization } from './connected-organization.ts'
import { cpuMsOf } from './process-costs.ts'
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

/** A server that accepts webhooks. */
interface Contestant {
  name: string
  pid: number
  target: Pick<IntakeLoad, 'port' | 'path'>
  full: Measured[]
  half: Measured[]
}

/** Microseconds of processor time per webhook: of the process that writes it, of MongoDB, of the sender. */
interface Cost {
  usHere: number
  usMongod: number
  usSender: number
}

type Measured = LoadResult & Cost

interface FloorPass extends Pick<Cost, 'usHere' | 'usMongod'> {
  perSecond: number
}

/**
 * Measures accepted webhooks per second, and the answer time at half of that rate, compared with servers that do less and with bare writes.
 */
export const intake: Benchmark = {
  name: 'intake',
  title: `Webhooks stored durably, over ${CONNECTIONS} connections`,
  async run(ground, { quick, say }) {
    const contestants = [await startIntake(ground), ...(await startPeers(ground))]
    const floorUri = await ground.databaseUri('intake_floor')
    const floor: FloorPass[] = []
    const [passes, seconds] = quick ? [1, 2] : [PASSES, SECONDS]
    const mongodPid = ground.mongodPid
    for (const one of contestants) await send(one, { mongodPid, seconds: WARM_UP_SECONDS })
    for (let pass = 0; pass < passes; pass += 1) {
      say(`pass ${pass + 1} of ${passes}: full load`)
      floor.push(await runFloor({ databaseUri: floorUri, groupOf: CONNECTIONS, seconds }, mongodPid))
      for (const one of contestants) one.full.push(await send(one, { mongodPid, seconds }))
    }
    for (let pass = 0; pass < passes; pass += 1) {
      say(`pass ${pass + 1} of ${passes}: at half load`)
      for (const one of contestants) one.half.push(await send(one, { mongodPid, seconds, perSecond: HALF * rateOf(one) }))
    }
    return compare(contestants, floor)
  },
}

async function startIntake(ground: Ground): Promise<Contestant> {
  const lever = await ground.startLever()
  const databaseUri = await ground.databaseUri('intake')
  const service = await ground.startService(await environmentFor(databaseUri, lever, { ROLES: 'web' }))
  const { apiKey } = await connectOrganization(service, lever)
  const api = createCalls(`${service.url}/api/v1`, apiKey)
  await api.send('PUT', 'connection/webhooks/candidateStageChange', { signatureToken: SIGNATURE_TOKEN })
  const { webhookUrl } = await api.get<{ webhookUrl: string }>('connection')
  const { port, pathname } = new URL(webhookUrl)
  return { name: 'Fulcrum', pid: service.pid, target: { port: Number(port), path: pathname }, full: [], half: [] }
}

async function startPeers(ground: Ground): Promise<Contestant[]> {
  const named: [PeerKind, string][] = [['bare', 'Koa + HMAC, nothing stored'], ['each', 'Koa + HMAC, one durable insert a request'], ['grouped', 'Koa + HMAC, group commit and nothing else']] // prettier-ignore
  return Promise.all(
    named.map(async ([kind, name]) => {
      const given = { kind, databaseUri: await ground.databaseUri(`intake_${kind}`), signatureToken: SIGNATURE_TOKEN }
      const { told, pid } = await ground.start(startProgram<{ port: number }>('intake-peer', given))
      return { name, pid, target: { port: told.port, path: '/' }, full: [], half: [] }
    }),
  )
}

interface Sending {
  mongodPid: number
  seconds: number
  perSecond?: number
}

async function send({ name, pid, target }: Contestant, { mongodPid, ...pace }: Sending): Promise<Measured> {
  const load: IntakeLoad = { ...target, ...pace, signatureToken: SIGNATURE_TOKEN, connections: CONNECTIONS }
  const before = await Promise.all([pid, mongodPid].map(cpuMsOf))
  const result = await runProgram<LoadResult>('intake-load', load)
  const [here = Number.NaN, mongod = Number.NaN] = await Promise.all([pid, mongodPid].map(cpuMsOf))
  if (result.refused > 0) throw new Error(`${name} refused ${result.refused} of ${result.accepted + result.refused} webhooks`)
  const usEach = (ms: number): number => (ms * 1000) / result.accepted
  return {
    ...result,
    usHere: usEach(here - (before[0] ?? 0)),
    usMongod: usEach(mongod - (before[1] ?? 0)),
    usSender: usEach(result.cpuMs),
  }
}

async function runFloor(given: { databaseUri: string; groupOf: number; seconds: number }, mongodPid: number): Promise<FloorPass> {
  const before = await cpuMsOf(mongodPid)
  const { perSecond, written, cpuMs } = await runProgram<{ perSecond: number; written: number; cpuMs: number }>('intake-floor', given)
  return { perSecond, usHere: (cpuMs * 1000) / written, usMongod: (((await cpuMsOf(mongodPid)) - before) * 1000) / written }
}

function rateOf({ full }: Contestant): number {
  return median(full.map(({ perSecond }) => perSecond))
}

function compare(contestants: readonly Contestant[], floorPasses: readonly FloorPass[]): BenchmarkResult {
  const floor = median(floorPasses.map(({ perSecond }) => perSecond))
  const [ours, , each, grouped] = contestants.map(rateOf)
  return {
    tables: [ratesOf(contestants, floorPasses, floor), costsOf(contestants, floorPasses)],
    goals: [
      { what: 'Fulcrum against insertMany alone, without HTTP', measured: (ours ?? 0) / floor, atLeast: GOAL_OF_FLOOR },
      { what: 'Fulcrum against group commit behind the same HTTP', measured: (ours ?? 0) / (grouped ?? 0), atLeast: GOAL_OF_FLOOR },
      { what: 'Fulcrum against one insert a request', measured: (ours ?? 0) / (each ?? 0), atLeast: GOAL_OF_EACH },
    ],
  }
}

const FLOOR_NAME = `insertMany alone, ${CONNECTIONS} at a time`

function ratesOf(contestants: readonly Contestant[], floorPasses: readonly FloorPass[], floor: number): ResultTable {
  const passesOf = (passes: readonly { perSecond: number }[]) => passes.map(({ perSecond }) => Math.round(perSecond)).join(' ')
  const rows = contestants.map((one) => [
    one.name,
    rateOf(one),
    rateOf(one) / floor,
    passesOf(one.full),
    HALF * rateOf(one),
    median(one.half.map(({ p50Ms }) => p50Ms)),
    median(one.half.map(({ p99Ms }) => p99Ms)),
  ])
  return {
    title: 'Accepted webhooks a second, median of the passes; answer times in ms at half of that',
    head: ['Who', 'a second', 'of the floor', 'Passes', 'Half load', 'p50', 'p99'],
    rows: [...rows, [FLOOR_NAME, floor, 1, passesOf(floorPasses), '', '', '']],
  }
}

/**
 * If sender, server and database share the processors, this limits the rates above: a million times the number of processors, divided by
 * the sum.
 */
function costsOf(contestants: readonly Contestant[], floorPasses: readonly FloorPass[]): ResultTable {
  const rows = contestants.map(({ name, full }) => {
    const costs = (['usHere', 'usMongod', 'usSender'] as const).map((of) => median(full.map((pass) => pass[of])))
    return [name, ...costs, sum(costs)]
  })
  const ofFloor = (['usHere', 'usMongod'] as const).map((of) => median(floorPasses.map((pass) => pass[of])))
  return {
    title: 'Processor time per webhook in µs, at full load, median of the passes',
    head: ['Who', 'Itself', 'MongoDB', 'Sender', 'in all'],
    rows: [...rows, [FLOOR_NAME, ...ofFloor, '', sum(ofFloor)]],
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0)
}

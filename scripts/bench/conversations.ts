import { setTimeout as sleep } from 'node:timers/promises'
import { got } from 'got'
import mongoose from 'mongoose'
import { ConversationModel } from '../../src/conversations/conversation-model.ts'
import { until } from '../tour/calls.ts'
import type { Benchmark, ResultTable } from './benchmark.ts'
import { activate, connectOrganization, SOURCER, type Organization } from './connected-organization.ts'
import { readNoted, seedConversations, type Noted, type QuietTimes } from './conversations-seed.ts'
import { seedCandidates } from './exports-seed.ts'
import { environmentFor, type Ground, type LeverProcess } from './ground.ts'
import { quantile } from './quantiles.ts'

const HOUR_MS = 3_600_000
const LEVER = { perSecond: 10, burst: 20, latencyMs: 300 }
const BUDGET = { perSecond: 10, burst: 15 }
const AN_HOUR = 20_000
/** The part of the hour that is measured, at Lever's real pace; the rate is that of the whole hour. */
const SLICE = 1 / 10
const EXPORTS = 600
const QUICK = 1 / 5
/** The second run: all of them are due at once, and Lever is faster than one machine can use. */
const AT_ONCE = 2000
const MUCH_FASTER = 60
/** The limit per organization; also the number of database writes that a note takes. */
const NOTES_AT_ONCE = 8
const WRITES_A_NOTE = 5
const HEAD_START_MS = 10_000
const LOOK_EVERY_MS = 2000
/** Extra time for a machine that cannot keep up: the numbers show it. */
const LEEWAY_MS = 300_000
const GOAL_LATE_MS = 5000

/** Writes notes of conversations when they are due during a bulk export, and measures how fast a backlog of them is written. */
export const conversations: Benchmark = {
  name: 'conversations',
  title: `Conversations that become notes: ${AN_HOUR} an hour, beside exports, for six minutes`,
  async run(ground, { quick, say }) {
    const share = quick ? QUICK : 1
    const overMs = HOUR_MS * SLICE * share
    const many = Math.round(AN_HOUR * SLICE * share)
    say(`${many} fall due in ${overMs / 1000} s beside ${EXPORTS * share} exports`)
    const hour = await runHour(ground, { many, exports: EXPORTS * share, overMs })
    say(`${AT_ONCE * share} are due at once`)
    const backlog = await runBacklog(ground, AT_ONCE * share)
    return {
      tables: [hourTable(hour), backlogTable(backlog)],
      goals: [
        { what: 'p99 delay of a note beside exports, in ms', measured: quantile(hour.lateMs, 0.99), atMost: GOAL_LATE_MS },
        { what: 'earliest note before its quiet time ended, in ms', measured: Math.max(0, ...hour.lateMs.map((ms) => -ms)), atMost: 0 },
        { what: 'notes in excess of conversations', measured: hour.notesInLever - hour.many, atMost: 0 },
      ],
    }
  },
}

interface Site {
  organization: Organization
  lever: LeverProcess
  databaseUri: string
}

async function startSite(ground: Ground, opportunities: number, faster: number): Promise<Site> {
  const lever = await ground.startLever({ opportunities })
  await lever.control.send('PATCH', 'settings', {
    latencyMs: Math.floor(LEVER.latencyMs / faster),
    rateLimit: { perSecond: LEVER.perSecond * faster, burst: LEVER.burst * faster },
  })
  const databaseUri = await ground.databaseUri('conversations')
  const own = { LEVER_REQUESTS_PER_SECOND: String(BUDGET.perSecond * faster), LEVER_BURST: String(BUDGET.burst * faster) }
  const service = await ground.startService(await environmentFor(databaseUri, lever, own))
  const organization = await connectOrganization(service, lever)
  await activate(organization, 180_000)
  return { organization, lever, databaseUri }
}

async function opportunityIds({ control }: LeverProcess): Promise<string[]> {
  return (await control.get<{ data: { id: string }[] }>('opportunities')).data.map(({ id }) => id)
}

interface Hour extends Noted {
  many: number
  exports: number
  overMs: number
  exportsTookMs: number
  notesInLever: number
}

async function runHour(ground: Ground, wish: Pick<Hour, 'many' | 'exports' | 'overMs'>): Promise<Hour> {
  const { many, exports, overMs } = wish
  const { organization, lever, databaseUri } = await startSite(ground, many, 1)
  const ids = (await opportunityIds(lever)).slice(0, many)
  const candidateIds = await seedCandidates(databaseUri, organization.id, exports)
  const before = await notesIn(lever)
  const times = { from: new Date(Date.now() + HEAD_START_MS + many), overMs }
  await seedConversations(databaseUri, organization, ids, times)
  await sleep(Math.max(0, times.from.getTime() - Date.now()))
  const startedAt = Date.now()
  const { batchId } = await organization.api.send<{ batchId: string }>('POST', 'exports/bulk', { candidateIds, requestedBy: SOURCER })
  const withinMs = overMs * 2 + LEEWAY_MS
  const exported = untilExported(organization, batchId, withinMs).then(() => Date.now() - startedAt)
  const [noted, exportsTookMs] = await Promise.all([untilNoted(databaseUri, times, many, withinMs), exported])
  const notesInLever = (await notesIn(lever)) - before
  await ground.clear()
  return { ...wish, ...noted, exportsTookMs, notesInLever }
}

async function notesIn({ control }: LeverProcess): Promise<number> {
  return (await control.get<{ notes: number }>('state')).notes
}

async function untilExported({ api }: Organization, batchId: string, withinMs: number): Promise<void> {
  await until('the bulk ends', async () => {
    await sleep(LOOK_EVERY_MS)
    return (await api.get<{ finishedAt: string | null }>(`export-batches/${batchId}`)).finishedAt
  }, withinMs) // prettier-ignore
}

async function untilNoted(databaseUri: string, times: QuietTimes, many: number, withinMs: number): Promise<Noted> {
  const connection = await mongoose.createConnection(databaseUri).asPromise()
  const open = { $expr: { $gt: ['$lastSeq', '$notedSeq'] } }
  await sleep(Math.max(0, times.from.getTime() + times.overMs - Date.now()))
  await until('all is noted', async () => {
    await sleep(LOOK_EVERY_MS / 4)
    return (await connection.collection(ConversationModel.collection.name).countDocuments(open)) === 0
  }, withinMs) // prettier-ignore
  await connection.close()
  const noted = await readNoted(databaseUri, times)
  if (noted.conversations !== many) throw new Error(`Of ${many} conversations ${noted.conversations} were noted.`)
  return noted
}

interface Backlog {
  many: number
  perSecond: number
  plainPerSecond: number
}

async function runBacklog(ground: Ground, many: number): Promise<Backlog> {
  const { organization, lever, databaseUri } = await startSite(ground, many, MUCH_FASTER)
  const ids = (await opportunityIds(lever)).slice(0, many)
  const plainPerSecond = await writePlainly(lever, databaseUri, ids)
  const times = { from: new Date(Date.now() + HEAD_START_MS), overMs: 0 }
  await seedConversations(databaseUri, organization, ids, times)
  const { firstAt, lastAt } = await untilNoted(databaseUri, times, many, LEEWAY_MS)
  await ground.clear()
  return { many, perSecond: (many * 1000) / (lastAt - firstAt), plainPerSecond }
}

/** A plain loop that makes as many calls and writes as notes take, with the same concurrency: without leases, fences, budget, or reads. */
async function writePlainly(lever: LeverProcess, databaseUri: string, ids: readonly string[]): Promise<number> {
  const connection = await mongoose.createConnection(databaseUri).asPromise()
  const collection = connection.collection<{ _id: string; step: number }>('plain_notes')
  const basic = { username: lever.apiKey, password: '' }
  const waiting = [...ids]
  const startedAt = performance.now()
  const work = async (): Promise<void> => {
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
      for (let step = 1; step <= WRITES_A_NOTE; step += 1)
        await collection.updateOne({ _id: id }, { $set: { step } }, { upsert: true, writeConcern: { w: 'majority', j: true } })
      await got.post(`${lever.apiUrl}/opportunities/${id}/notes`, { ...basic, json: { value: 'Plainly' }, retry: { limit: 0 } })
    }
  }
  await Promise.all(Array.from({ length: NOTES_AT_ONCE }, work))
  await connection.close()
  return (ids.length * 1000) / (performance.now() - startedAt)
}

function hourTable({ many, exports, overMs, exportsTookMs, lateMs, firstAt, lastAt }: Hour): ResultTable {
  const rate = (many * 1000) / (lastAt - firstAt)
  const row = [many, overMs / 1000, exports, exportsTookMs / 1000, rate, rate / ((many * 1000) / overMs)]
  return {
    title: `From the end of the quiet time until Lever answers the note, in ms`,
    head: ['Conversations', 'due in s', 'Exports', 'took s', 'Notes/s', 'of those due', 'Late p50', 'p99', 'Longest'],
    rows: [[...row, quantile(lateMs, 0.5), quantile(lateMs, 0.99), Math.max(...lateMs)]],
  }
}

function backlogTable({ many, perSecond, plainPerSecond }: Backlog): ResultTable {
  return {
    title: `Conversations touched a second, all of one organization and due at once, Lever at ${MUCH_FASTER} times its pace`,
    head: ['How', 'Conversations', 'a second', 'Worker against it'],
    rows: [
      ['worker: leases, fences, intents, budget', many, perSecond, 1],
      [`plain loop: ${WRITES_A_NOTE} durable writes and a POST each`, many, plainPerSecond, perSecond / plainPerSecond],
    ],
  }
}

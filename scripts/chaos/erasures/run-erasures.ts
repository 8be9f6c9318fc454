import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Db } from 'mongodb'
import type { Calls } from '../../tour/calls.ts'
import { groupBy } from '../group-by.ts'
import { countOpen } from '../open-exports.ts'
import { seededRandom, type Random } from '../random.ts'
import type { ServiceProcess } from '../service-process.ts'
import { setStage, type Ends, type Stage } from '../stage.ts'
import { findBlindSpots, findMarks } from './find-marks.ts'
import { findAll, type ErasureEvidence, type ErasureRecord, type Finding, type InLever } from './findings.ts'
import { changeMoods } from './lever-moods.ts'
import { live, type Life } from './lives.ts'
import { markedPerson } from './marked-people.ts'

export interface ErasuresOptions {
  seed: number
  erasures: number
  killEveryMs: number
  folder: string
  say: (line: string) => void
}

export interface ErasuresReport {
  seed: number
  findings: Finding[]
  erasures: number
  /** Counts by what was in progress for the person. */
  moments: Record<string, number>
  /** Erased people: how many are in Lever at the end, and how many their receipts name as created during the erasure. */
  inLever: number
  namedByReceipts: number
  /** People who were not erased. */
  survivors: number
  kills: number
  faultsHit: number
  answerMs: { median: number; longest: number }
  receiptMs: { median: number; longest: number }
}

const ROOT = join(import.meta.dirname, '..', '..', '..')
const ENDS_WITHIN_MS = 120_000
/**
 * Conversation notes become due while most people are erased. The limits let calls end even on a busy machine; otherwise hardly anything
 * would be in progress.
 */
const ENV = { NOTE_DELAY_MS: '500', JOB_POLL_MS: '500', LEVER_TIMEOUT_MS: '4000', SETTLE_MS: '4500', LEASE_MS: '4000' }
const AT_WORKERS = 0.75

/**
 * Erases people at random moments while their exports and notes are sent, Lever fails and processes are killed. Then compares what Lever
 * has of them with the time at which `DELETE` was answered, and searches the whole database. Always stops the processes that it started.
 */
export async function runErasures(options: ErasuresOptions, signal: AbortSignal): Promise<ErasuresReport> {
  const ends: Ends = []
  const aborted = new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(new Error('given up'))))
  try {
    const running = setStage({ ...options, replicas: 1, root: ROOT, env: ENV }, ends).then((stage) => unleash(stage, options))
    return await Promise.race([running, aborted])
  } finally {
    for (const end of ends.toReversed()) await end()
  }
}

async function unleash(stage: Stage, { seed, erasures, killEveryMs, say }: ErasuresOptions): Promise<ErasuresReport> {
  const { control, processes, db, urls, organizations } = stage
  const over = new AbortController()
  const living = live({ urls, organizations, db, erasures, random: seededRandom(seed, 'lives') }).finally(() => over.abort())
  const [lives, faultsHit, kills] = await Promise.all([
    living,
    changeMoods(control, seededRandom(seed, 'moods'), over.signal),
    killAtRandom(processes, seededRandom(seed, 'kills'), killEveryMs, over.signal),
  ])
  say('No more faults or kills; waiting for open work.')
  await untilAllEnded(db)
  const evidence = await gather(stage, lives)
  const blind = await findBlindSpots(db, markedPerson())
  const findings = [...findAll(evidence), ...blind.map((of): Finding => ({ what: 'blind', of, detail: 'planted, and not found' }))]
  return { seed, findings, kills, faultsHit, ...figuresOf(evidence) }
}

/**
 * Kills processes with SIGKILL, one after another, each one running again before the next.
 * @returns how many
 */
async function killAtRandom(processes: readonly ServiceProcess[], random: Random, everyMs: number, until: AbortSignal): Promise<number> {
  const workers = processes.filter(({ role }) => role === 'worker')
  for (let kills = 0; ; kills += 1) {
    await sleep(random.between(everyMs / 2, everyMs * 1.5), undefined, { signal: until }).catch(() => undefined)
    if (until.aborted) return kills
    const target = random.pick(random.chance(AT_WORKERS) ? workers : processes)
    await target.kill()
    await target.untilReady()
  }
}

/** Gives up if nothing has ended for a long time: work that is still open is a finding. */
async function untilAllEnded(db: Db): Promise<void> {
  let [fewest, since] = [Number.POSITIVE_INFINITY, performance.now()]
  while (performance.now() - since < ENDS_WITHIN_MS) {
    const open = (await countOpen(db)) + (await db.collection('erasures').countDocuments({ status: 'running' }))
    if (open === 0) return
    if (open < fewest) [fewest, since] = [open, performance.now()]
    await sleep(500)
  }
}

async function gather({ control, db }: Stage, lives: readonly Life[]): Promise<ErasureEvidence> {
  const { data } = await control.get<{ data: (InLever & { emails: string[] })[] }>('opportunities')
  const marks = new Map(lives.map(({ email, mark }) => [email, mark]))
  const theirs = groupBy(data, ({ emails }) => marks.get(emails[0]?.toLowerCase() ?? '') ?? '')
  theirs.delete('')
  const inLever = new Map<string, InLever[]>()
  for (const [mark, own] of theirs) inLever.set(mark, await Promise.all(own.map((one) => withNotes(control, one))))
  const erasures = await db.collection<ErasureRecord & { candidate: unknown }>('erasures').find().toArray()
  const erased = lives.filter((life) => life.erased)
  return {
    lives,
    inLever,
    erasures: new Map(erasures.map((one) => [String(one.candidate), one])),
    known: new Set(await db.collection('exports').distinct('madeOpportunityId')),
    traces: await findMarks(db, new Set(erased.flatMap(({ mark, phone }) => [mark, phone]))),
  }
}

async function withNotes(control: Calls, { id, createdAt }: InLever): Promise<InLever> {
  const { notes } = await control.get<{ notes: { createdAt: number }[] }>(`state?opportunity=${id}`)
  return { id, createdAt, notes }
}

function figuresOf({ lives, inLever, erasures }: ErasureEvidence): Omit<ErasuresReport, 'seed' | 'findings' | 'kills' | 'faultsHit'> {
  const erased = lives.filter((life) => life.erased)
  const receipts = [...erasures.values()] as (ErasureRecord & { erasedAt?: Date | null })[]
  const moments = groupBy(erased, (life) => life.erased?.moment ?? '')
  return {
    erasures: erased.length,
    moments: Object.fromEntries([...moments].map(([moment, own]) => [moment, own.length])),
    inLever: erased.filter(({ mark }) => inLever.has(mark)).length,
    namedByReceipts: receipts.filter(({ madeInLever }) => madeInLever.length > 0).length,
    survivors: lives.length - erased.length,
    answerMs: spread(erased.map((life) => life.erased?.tookMs ?? 0)),
    receiptMs: spread(receipts.flatMap(({ createdAt, erasedAt }) => (erasedAt ? [erasedAt.getTime() - createdAt.getTime()] : []))),
  }
}

function spread(values: readonly number[]): { median: number; longest: number } {
  const sorted = values.toSorted((a, b) => a - b)
  return { median: sorted[Math.floor(sorted.length / 2)] ?? 0, longest: sorted.at(-1) ?? 0 }
}

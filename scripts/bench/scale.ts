import { setTimeout as sleep } from 'node:timers/promises'
import type { mongo } from 'mongoose'
import { OpportunitySyncModel } from '../../src/mirror/opportunity-sync-model.ts'
import { SyncRunModel } from '../../src/mirror/sync-run-model.ts'
import type { Benchmark, ResultTable } from './benchmark.ts'
import { activate, connectOrganization } from './connected-organization.ts'
import { cpuMsOf, memoryMbOf } from './process-costs.ts'
import { environmentFor, type Ground, type LeverProcess, type ServiceProcess } from './ground.ts'
import { onDatabase } from './idle.ts'
import { seedOrganizations } from './scale-seed.ts'

const ORGANIZATIONS = [100, 1000, 10_000]
const QUICK_ORGANIZATIONS = [20, 200]
const SETTLE_MS = 15_000
const MEASURED_MS = 60_000
const QUICK_MS = 15_000
const SCRAPE_EVERY_MS = 15_000
const LATENCY_MS = 300
const WORKERS = 2
const LOOK_EVERY_MS = 1000
/** Marks the runs that are made due together. */
const DUE = new Date(1000)
const GOAL_RATIO = 1.3
const GOAL_CLAIM_KEYS = 10
/** Collections of which the workers claim documents. */
const CLAIMED = [
  'exports', 'conversations', 'deliveries', 'erasures', 'export_rules', 'candidate_imports', 'export_audit_runs', 'lever_syncs', 'lever_opportunity_syncs',
] // prettier-ignore
const [SYNC_EVERY_S, QUIET_SYNC_EVERY_S, SWEEP_EVERY_S] = [15 * 60, 120 * 60, 10 * 60]

/**
 * Measures what a process costs while many connected organizations are idle, and how many syncs and sweeps of organizations in which
 * nothing happened two worker processes complete a second, compared with what so many organizations need.
 */
export const scale: Benchmark = {
  name: 'scale',
  title: `Many organizations: an idle process; syncs and sweeps by ${WORKERS} processes with Lever ${LATENCY_MS} ms away`,
  async run(ground, { quick, say }) {
    const sizes = quick ? QUICK_ORGANIZATIONS : ORGANIZATIONS
    const measuredMs = quick ? QUICK_MS : MEASURED_MS
    const idle: Idle[] = []
    for (const many of sizes) {
      say(`${many} organizations, idle for ${measuredMs / 1000} s`)
      idle.push(await measureIdle(ground, many, measuredMs))
    }
    const most = sizes.at(-1) ?? 0
    say(`${most} organizations, all due for a sweep, then for a sync`)
    const rates = await measureRates(ground, most, measuredMs)
    const [first, last] = [idle[0], idle.at(-1)]
    const ratio = (read: (one: Idle) => number): number => (first && last ? read(last) / read(first) : Number.NaN)
    const between = `${most} : ${sizes[0]} organizations`
    const [sweeps, syncs] = rates
    return {
      tables: [idleTable(idle), rateTable(rates, most)],
      goals: [
        { what: `operations, ${between}`, measured: ratio(({ operations }) => operations), atMost: GOAL_RATIO },
        { what: `keys examined by a claim, of ${most} organizations`, measured: last?.claimKeys ?? Number.NaN, atMost: GOAL_CLAIM_KEYS },
        { what: `memory, ${between}`, measured: ratio(({ memoryMb }) => memoryMb), atMost: GOAL_RATIO },
        { what: `processor time, ${between}`, measured: ratio(({ cpuMs }) => cpuMs), atMost: GOAL_RATIO },
        { what: 'share of the processes that sweeps and syncs need', measured: shareNeeded(sweeps, syncs, most), atMost: 1 },
      ],
    }
  },
}

interface Site {
  databaseUri: string
  lever: LeverProcess
  service: ServiceProcess
}

async function startSite(ground: Ground, many: number): Promise<Site> {
  const databaseUri = await ground.databaseUri('scale')
  const lever = await ground.startLever()
  await lever.control.send('PATCH', 'settings', { rateLimit: { enabled: false } })
  const env = await environmentFor(databaseUri, lever)
  const first = await ground.startService(env)
  const organization = await connectOrganization(first, lever)
  await activate(organization)
  await sleep(2000) // the last writes of the first reading
  await first.stop()
  await seedOrganizations(databaseUri, organization.id, lever.apiKey, many)
  return { databaseUri, lever, service: await ground.startService(env) }
}

interface Idle {
  many: number
  /** Per second. */
  operations: number
  keys: number
  /** Of the claim that examined the most. */
  claimKeys: number
  cpuMs: number
  memoryMb: number
}

async function measureIdle(ground: Ground, many: number, measuredMs: number): Promise<Idle> {
  const { databaseUri, service } = await startSite(ground, many)
  await sleep(SETTLE_MS)
  await onDatabase(databaseUri, startProfile)
  const cpuBefore = await cpuMsOf(service.pid)
  const until = performance.now() + measuredMs
  while (performance.now() < until) {
    await fetch(`${service.url}/metrics`).then((answer) => answer.text())
    await sleep(Math.min(SCRAPE_EVERY_MS, Math.max(0, until - performance.now())))
  }
  const [cpuAfter, memoryMb] = [await cpuMsOf(service.pid), await memoryMbOf(service.pid)]
  const profile = await onDatabase(databaseUri, async (db) => {
    await db.command({ profile: 0 })
    return readProfile(db)
  })
  await ground.clear()
  const perSecond = 1000 / measuredMs
  return {
    many,
    operations: profile.operations * perSecond,
    keys: profile.keys * perSecond,
    claimKeys: profile.claimKeys,
    cpuMs: (cpuAfter - cpuBefore) * perSecond,
    memoryMb,
  }
}

/** The profiler's own collection holds only a few hundred commands. */
async function startProfile(db: mongo.Db): Promise<void> {
  await db.dropCollection('system.profile').catch(() => undefined)
  await db.createCollection('system.profile', { capped: true, size: 256 * 1024 * 1024 })
  await db.command({ profile: 2 })
}

async function readProfile(db: mongo.Db): Promise<Pick<Idle, 'operations' | 'keys' | 'claimKeys'>> {
  const keys = { $ifNull: ['$keysExamined', 0] }
  const [found] = await db
    .collection('system.profile')
    .aggregate<Pick<Idle, 'operations' | 'keys' | 'claimKeys'>>([
      { $match: { appName: { $ne: 'bench' } } },
      {
        $group: {
          _id: null,
          operations: { $sum: 1 },
          keys: { $sum: keys },
          claimKeys: { $max: { $cond: [{ $in: ['$command.find', CLAIMED] }, keys, 0] } },
        },
      },
    ])
    .toArray()
  return found ?? { operations: 0, keys: 0, claimKeys: 0 }
}

interface Rate {
  what: string
  /** The intervals at which an organization needs it, from the shortest to the longest. */
  everyS: readonly [number, number]
  perSecond: number
  commands: number
  calls: number
  cpuMs: number
  mongodCpuMs: number
}

async function measureRates(ground: Ground, many: number, measuredMs: number): Promise<Rate[]> {
  const site = await startSite(ground, many)
  await site.lever.control.send('PATCH', 'settings', { latencyMs: LATENCY_MS })
  const other = await ground.startService(await environmentFor(site.databaseUri, site.lever, { ROLES: 'worker' }))
  await sleep(SETTLE_MS)
  const longAgo = new Date(Date.now() - SWEEP_EVERY_S * 1000)
  const anHourAgo = new Date(Date.now() - 3_600_000)
  const read = { 'full.startedAt': anHourAgo, 'full.finishedAt': anHourAgo }
  const swept = { ...read, sweptAt: longAgo, thoroughAt: longAgo, deletionsReadAt: longAgo }
  const measure = (kind: Kind) => measureRate(ground, site, [site.service.pid, other.pid], kind, measuredMs)
  const sweeps = await measure({ what: 'sweep', collection: OpportunitySyncModel.collection.name, due: swept, everyS: [SWEEP_EVERY_S, SWEEP_EVERY_S] }) // prettier-ignore
  const syncs = await measure({ what: 'sync', collection: SyncRunModel.collection.name, due: { allDueAt: new Date(0) }, everyS: [SYNC_EVERY_S, QUIET_SYNC_EVERY_S] }) // prettier-ignore
  await ground.clear()
  return [sweeps, syncs]
}

interface Kind extends Pick<Rate, 'what' | 'everyS'> {
  collection: string
  /** Makes a run look as if its interval were over. */
  due: object
}

async function measureRate(
  ground: Ground,
  { databaseUri, lever }: Site,
  pids: readonly number[],
  kind: Kind,
  measuredMs: number,
): Promise<Rate> {
  const { collection, due, what, everyS } = kind
  const cpuOf = async (ids: readonly number[]): Promise<number> => (await Promise.all(ids.map(cpuMsOf))).reduce((sum, ms) => sum + ms, 0)
  const left = () => onDatabase(databaseUri, (db) => db.collection(collection).countDocuments({ dueAt: DUE }))
  const look = async () => ({
    commands: await onDatabase(databaseUri, commandsSoFar),
    cpuMs: await cpuOf(pids),
    mongodCpuMs: await cpuOf([ground.mongodPid]),
    calls: (await lever.control.get<{ data: { seq: number }[] }>('requests')).data.at(-1)?.seq ?? 0,
    left: await left(),
    at: performance.now(),
  })
  const before = await look()
  const many = await onDatabase(databaseUri, async (db) => {
    const made = await db.collection(collection).updateMany({}, { $set: { ...due, dueAt: DUE } })
    return made.modifiedCount
  })
  while (performance.now() - before.at < measuredMs && (await left()) > 0) await sleep(LOOK_EVERY_MS)
  const after = await look()
  await onDatabase(databaseUri, (db) =>
    db.collection(collection).updateMany({ dueAt: DUE }, { $set: { dueAt: new Date(Date.now() + 3_600_000) } }),
  )
  await sleep(LATENCY_MS * 20) // what was claimed ends
  const done = many - after.left
  return {
    what,
    everyS,
    perSecond: (done * 1000) / (after.at - before.at),
    commands: (after.commands - before.commands) / done,
    calls: (after.calls - before.calls) / done,
    cpuMs: (after.cpuMs - before.cpuMs) / done,
    mongodCpuMs: (after.mongodCpuMs - before.mongodCpuMs) / done,
  }
}

/** Reads, writes and commands of the clients, without those of replication and upkeep. */
async function commandsSoFar(db: mongo.Db): Promise<number> {
  const { metrics } = await db.command({ serverStatus: 1 })
  const commands = (metrics as { commands: Record<string, { total?: unknown }> }).commands
  const counted = ['find', 'findAndModify', 'update', 'insert', 'delete', 'aggregate', 'count', 'distinct']
  return counted.reduce((sum, name) => sum + Number(commands[name]?.total ?? 0), 0)
}

/** Returns the share of the processes' time that so many organizations need if their lists are synced at the shortest interval. */
function shareNeeded(sweeps: Rate | undefined, syncs: Rate | undefined, many: number): number {
  return [sweeps, syncs].reduce((sum, rate) => sum + (rate ? many / rate.everyS[0] / rate.perSecond : Number.NaN), 0)
}

function idleTable(idle: readonly Idle[]): ResultTable {
  return {
    title: 'One process (web and worker), scraped every 15 s, in which nothing is due',
    head: ['Organizations', 'Operations/s', 'Keys examined/s', 'Keys of a claim', 'CPU ms/s', 'Memory MB'],
    rows: idle.map(({ many, operations, keys, claimKeys, cpuMs, memoryMb }) => [many, operations, keys, claimKeys, cpuMs, memoryMb]),
  }
}

function rateTable(rates: readonly Rate[], many: number): ResultTable {
  return {
    title: `${many} organizations due at once, nothing changed, ${WORKERS} processes; needed: at the shortest and at the longest interval`,
    head: ['', 'a second', 'Needed/s', 'Commands each', 'Calls each', 'CPU ms each', 'mongod CPU ms each'],
    rows: rates.map(({ what, everyS, perSecond, commands, calls, cpuMs, mongodCpuMs }) => [
      what,
      perSecond,
      [...new Set(everyS.map((s) => (many / s).toFixed(1)))].join(' to '),
      commands,
      calls,
      cpuMs,
      mongodCpuMs,
    ]),
  }
}

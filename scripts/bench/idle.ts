import { setTimeout as sleep } from 'node:timers/promises'
import mongoose, { type mongo } from 'mongoose'
import type { Benchmark, ResultTable } from './benchmark.ts'
import { activate, connectOrganization } from './connected-organization.ts'
import { environmentFor } from './ground.ts'

const GOAL_PER_SECOND = 5
const SETTLE_MS = 10_000
const MEASURED_MS = 40_000
const ALONE_MS = 10_000

/** Commands per second, by name. */
type Rates = Map<string, number>

/** Measures what one idle process with one active organization requests from the database. */
export const idle: Benchmark = {
  name: 'idle',
  title: 'Database operations of an idle process (web and worker, one active organization)',
  async run(ground, { quick, say }) {
    const databaseUri = await ground.databaseUri('idle')
    const lever = await ground.startLever()
    const service = await ground.startService(await environmentFor(databaseUri, lever))
    await activate(await connectOrganization(service, lever))
    await sleep(SETTLE_MS)
    const measuredMs = quick ? 15_000 : MEASURED_MS
    say(`watching an idle process for ${measuredMs / 1000} s`)
    await onDatabase(databaseUri, (db) => db.command({ profile: 2 }))
    const busy = await commandRates(databaseUri, measuredMs)
    const causes = await onDatabase(databaseUri, async (db) => {
      await db.command({ profile: 0 })
      return readCauses(db, measuredMs)
    })
    await service.stop()
    const alone = await commandRates(databaseUri, quick ? 5000 : ALONE_MS)
    const own = [...busy].map(([command, rate]) => [command, rate - (alone.get(command) ?? 0)] as const).filter(([, rate]) => rate >= 0.01)
    const total = own.reduce((sum, [, rate]) => sum + rate, 0)
    const rows = own.toSorted(([, a], [, b]) => b - a)
    return {
      tables: [
        {
          title: 'Commands a second, without those of mongod itself',
          head: ['Command', 'a second'],
          rows: [...rows, ['in all', total]],
        },
        causes,
      ],
      goals: [{ what: 'operations a second', measured: total, atMost: GOAL_PER_SECOND }],
    }
  },
}

/** Uses a separate connection that is closed between reads, so that watching adds next to nothing. */
export async function onDatabase<T>(uri: string, use: (db: mongo.Db) => Promise<T>): Promise<T> {
  const connection = await mongoose.createConnection(uri, { appName: 'bench' }).asPromise()
  try {
    if (!connection.db) throw new Error('not connected')
    return await use(connection.db)
  } finally {
    await connection.close()
  }
}

async function commandRates(uri: string, forMs: number): Promise<Rates> {
  const before = await onDatabase(uri, commandCounts)
  await sleep(forMs)
  const after = await onDatabase(uri, commandCounts)
  return new Map([...after].map(([command, count]) => [command, ((count - (before.get(command) ?? 0)) * 1000) / forMs]))
}

async function commandCounts(db: mongo.Db): Promise<Map<string, number>> {
  const { metrics } = await db.command({ serverStatus: 1 })
  const commands = Object.entries((metrics as { commands: Record<string, { total?: unknown }> }).commands)
  return new Map(commands.map(([command, { total }]) => [command, Number(total ?? 0)]))
}

/** Reads MongoDB's profiler: the number of queries per collection. */
async function readCauses(db: mongo.Db, forMs: number): Promise<ResultTable> {
  const profiled = await db
    .collection('system.profile')
    .aggregate<{ _id: { collection: string; op: string }; count: number }>([
      { $match: { appName: { $ne: 'bench' } } },
      { $group: { _id: { collection: '$ns', op: { $ifNull: [{ $first: { $map: { input: { $slice: [{ $objectToArray: '$command' }, 1] }, in: '$$this.k' } } }, '$op'] } }, count: { $sum: 1 } } },
      { $sort: { count: -1 } },
    ])
    .toArray() // prettier-ignore
  const rows = profiled.map(({ _id, count }) => [_id.collection.replace(/^[^.]*\./, ''), _id.op, (count * 1000) / forMs])
  return { title: 'By collection', head: ['Collection', 'Operation', 'a second'], rows }
}

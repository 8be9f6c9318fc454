import type { ChangeStream, ChangeStreamDocument } from 'mongodb'
import type { Connection } from 'mongoose'
import type { Log } from '../log.ts'
import { createAlarms, LONGEST_ALARM_MS } from './alarms.ts'

export interface WorkWatch {
  stop(): Promise<void>
}

type WorkWritten = ChangeStreamDocument & { restsMs: number }

const DUE_AT = { $ifNull: ['$updateDescription.updatedFields.dueAt', '$fullDocument.dueAt'] }
const RESTART_AFTER_MS = 1000
/** The longest time that the server waits before it answers that there are no changes. A change is reported at once. */
const QUIET_MS = 10_000

/**
 * Wakes the workers of this process when work comes due, whichever process wrote it: a change stream reports work that is due at once,
 * and an alarm is set for work that comes due within a minute. `wakers` are keyed by collection name. If the stream breaks, `onRestart`
 * is called and the stream is opened again; until then, the workers' poll finds the work.
 */
export function watchWork(connection: Connection, wakers: Record<string, () => void>, log: Log, onRestart?: () => void): WorkWatch {
  let stream: ChangeStream | null = null
  let stopped = false
  let restart: NodeJS.Timeout | undefined
  const alarms = Object.fromEntries(Object.entries(wakers).map(([collection, wake]) => [collection, createAlarms(wake)]))

  // MongoDB may report the update of a small document as a replacement. A replacement of claimed work is a step and wakes nobody, because
  // the release is reported too
  const interesting = [
    {
      $match: {
        'ns.coll': { $in: Object.keys(wakers) },
        $or: [
          { operationType: 'insert' },
          { operationType: 'replace', 'fullDocument.claim': null },
          { operationType: 'update', 'updateDescription.updatedFields.dueAt': { $exists: true } },
        ],
      },
    },
    // by the server's clock on both sides
    { $project: { _id: 1, ns: 1, operationType: 1, restsMs: { $subtract: [DUE_AT, '$wallTime'] } } },
    { $match: { restsMs: { $not: { $gt: LONGEST_ALARM_MS } } } }, // documents that rest or have ended are not sent to every process
  ]

  function open(): void {
    if (stopped || !connection.db) return
    stream = connection.db.watch(interesting, { maxAwaitTimeMS: QUIET_MS })
    stream.on('change', (change: WorkWritten) => {
      const collection = 'ns' in change && change.ns && 'coll' in change.ns ? change.ns.coll : undefined
      if (collection === undefined) return
      if (change.restsMs > 0) alarms[collection]?.set(change.restsMs)
      else wakers[collection]?.()
    })
    stream.on('error', (error) => {
      if (stopped) return
      log.warn({ err: error }, 'the change stream on work ended; reopening it')
      onRestart?.()
      void stream?.close().catch(() => undefined)
      restart = setTimeout(open, RESTART_AFTER_MS)
    })
  }

  open()
  return {
    async stop() {
      stopped = true
      clearTimeout(restart)
      for (const alarm of Object.values(alarms)) alarm.clear()
      await stream?.close().catch(() => undefined)
    },
  }
}

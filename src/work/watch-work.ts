import type { ChangeStream, ChangeStreamDocument } from 'mongodb'
import type { Connection } from 'mongoose'
import type { Log } from '../log.ts'

export interface WorkWatch {
  stop(): Promise<void>
}

const RESTART_AFTER_MS = 1000
/** How long the server holds a question about changes open while there are none; what comes is told at once all the same. */
const QUIET_MS = 10_000

/**
 * Wakes the workers of this process when any process writes work that may be due: by change stream, so at once.
 * `wakers` by collection name. A stream that breaks is opened anew, which `onRestart` is told; meanwhile the workers' poll finds the work.
 */
export function watchWork(connection: Connection, wakers: Record<string, () => void>, log: Log, onRestart?: () => void): WorkWatch {
  let stream: ChangeStream | null = null
  let stopped = false
  let restart: NodeJS.Timeout | undefined

  const interesting = [
    {
      $match: {
        'ns.coll': { $in: Object.keys(wakers) },
        $or: [{ operationType: 'insert' }, { operationType: 'update', 'updateDescription.updatedFields.dueAt': { $exists: true } }],
      },
    },
    { $project: { _id: 1, ns: 1, operationType: 1 } },
  ]

  function open(): void {
    if (stopped || !connection.db) return
    stream = connection.db.watch(interesting, { maxAwaitTimeMS: QUIET_MS })
    stream.on('change', (change: ChangeStreamDocument) => {
      const collection = 'ns' in change && change.ns && 'coll' in change.ns ? change.ns.coll : undefined
      if (collection) wakers[collection]?.()
    })
    stream.on('error', (error) => {
      if (stopped) return
      log.warn({ err: error }, 'the change stream on work broke off; it is opened anew')
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
      await stream?.close().catch(() => undefined)
    },
  }
}

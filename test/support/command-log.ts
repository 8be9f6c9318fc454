/** Watches what the composed service asks of MongoDB. */
import { setTimeout as sleep } from 'node:timers/promises'
import mongoose, { type mongo } from 'mongoose'
import { eventually } from './eventually.ts'

export interface LoggedCommand {
  /** Such as `find`. */
  name: string
  collection: string
  isWrite: boolean
  /** A write that waits for the majority. */
  isMajority: boolean
}

export interface CommandLog {
  readonly commands: readonly LoggedCommand[]
  /** Forgets what was logged so far. */
  clear(): void
  /** Resolves once no command has been logged for a moment. */
  quiet(): Promise<void>
  stop(): void
}

const MOMENT_MS = 100
const WRITES = new Set(['insert', 'update', 'delete', 'findAndModify'])
/** Of the driver and of change streams: nothing that the service does causes them. */
const UPKEEP = new Set(['hello', 'ping', 'getMore', 'endSessions', 'killCursors'])

/** Logs the commands of mongoose's default connection, leaving out Agenda's and each look of a worker that found no work. */
export function logCommands(): CommandLog {
  const client = mongoose.connection.getClient()
  const logged = new Map<number, LoggedCommand>()
  const onStart = ({ commandName: name, command, requestId }: mongo.CommandStartedEvent): void => {
    const collection = String(command[name])
    if (UPKEEP.has(name) || collection.startsWith('agenda')) return
    const isWrite = WRITES.has(name)
    const concern = (command['writeConcern'] as { w?: unknown } | undefined)?.w
    logged.set(requestId, { name, collection, isWrite, isMajority: isWrite && concern === 'majority' })
  }
  const looks = new Set<number>()
  const onLook = ({ commandName, command, requestId }: mongo.CommandStartedEvent): void => {
    if (commandName === 'find' && JSON.stringify(command['filter']).includes('$dueAt')) looks.add(requestId)
  }
  const onSuccess = ({ requestId, reply }: mongo.CommandSucceededEvent): void => {
    const found = (reply as { cursor?: { firstBatch?: unknown[] } }).cursor?.firstBatch
    if (looks.delete(requestId) && found?.length === 0) logged.delete(requestId)
  }
  client.on('commandStarted', onStart).on('commandStarted', onLook).on('commandSucceeded', onSuccess)
  let seen = -1
  return {
    get commands() {
      return [...logged.values()]
    },
    clear: () => logged.clear(),
    quiet: () =>
      eventually('the service comes to rest', async () => {
        const before = seen
        seen = logged.size
        await sleep(MOMENT_MS)
        return logged.size === before && seen === before
      }).then(() => undefined),
    stop: () => void client.off('commandStarted', onStart).off('commandStarted', onLook).off('commandSucceeded', onSuccess),
  }
}

/** Watches what the composed service asks of MongoDB. */
import mongoose, { type mongo } from 'mongoose'

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
  stop(): void
}

const WRITES = new Set(['insert', 'update', 'delete', 'findAndModify'])
/** Of the driver and of change streams: nothing that the service does causes them. */
const UPKEEP = new Set(['hello', 'ping', 'getMore', 'endSessions', 'killCursors'])

/** A URI for `startService` with which the driver tells of its commands. */
export function monitored(uri: string): string {
  const address = new URL(uri)
  address.searchParams.set('monitorCommands', 'true')
  return address.href
}

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
  return {
    get commands() {
      return [...logged.values()]
    },
    clear: () => logged.clear(),
    stop: () => void client.off('commandStarted', onStart).off('commandStarted', onLook).off('commandSucceeded', onSuccess),
  }
}

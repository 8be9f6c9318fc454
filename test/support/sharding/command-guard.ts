import { join, relative } from 'node:path'
import mongoose, { type mongo } from 'mongoose'
import { faultsOf, type CommandFault } from './command-fault.ts'

/** A command of the service without its organization. */
export interface FoundFault extends CommandFault {
  /** The calls that led to the command, innermost first, by path and line. */
  from: string
}

const ROOT = join(import.meta.dirname, '..', '..', '..')
/** Deep enough to pass the frames of mongoose and of the driver. */
const STACK_DEPTH = 100
const SHOWN_FRAMES = 3

const found = new Map<string, FoundFault>()

/**
 * Listens to all commands that mongoose's default connection of this process sends, and notes those of the service that do not name the
 * organization. Needs `monitorCommands` in the address of the database. Queries of the tests themselves are not noted.
 */
export function watchCommands(): void {
  mongoose.connection.on('connected', listen)
}

function listen(): void {
  const client = mongoose.connection.getClient()
  client.off('commandStarted', check).on('commandStarted', check)
}

function check({ commandName, command }: mongo.CommandStartedEvent): void {
  const faults = faultsOf(commandName, command)
  if (faults.length === 0) return
  const frames = framesOfProject()
  if (frames[0]?.startsWith('src/') === false) return
  const from = frames.slice(0, SHOWN_FRAMES).join(' < ') || 'an unknown place'
  for (const fault of faults) found.set(JSON.stringify([fault, from]), { ...fault, from })
}

/** Without the local Lever and other packages. */
function framesOfProject(): string[] {
  const before = Error.stackTraceLimit
  Error.stackTraceLimit = STACK_DEPTH
  const { stack = '' } = new Error('stack')
  Error.stackTraceLimit = before
  const places = [...stack.matchAll(/(?:file:\/\/)?(\/[^\s():]+):(\d+):\d+/g)].map(
    ([, path = '', line]) => `${relative(ROOT, path)}:${line}`,
  )
  return places.filter((place) => /^(src|test|scripts)\//.test(place) && !place.startsWith('test/support/sharding/'))
}

/** Returns the faults noted since the last call. */
export function takeFaults(): FoundFault[] {
  const faults = [...found.values()]
  found.clear()
  return faults
}

/** @throws Error that lists the faults, if there are any */
export function assertNoFaults(): void {
  const faults = takeFaults()
  if (faults.length === 0) return
  const lines = faults.map(({ command, collection, shape, from }) => `  ${command} ${collection} { ${shape} } from ${from}`)
  throw new Error(`These commands do not name the organization (test/support/sharding/collections.ts):\n${lines.join('\n')}`)
}

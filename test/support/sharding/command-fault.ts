import type { Document } from 'mongodb'
import { ACROSS_ORGANIZATIONS, WHOLE_COLLECTIONS } from './collections.ts'

/** A command on a sharded collection that does not name the organization. */
export interface CommandFault {
  command: string
  collection: string
  /** The fields of the filter, or of the document that was to be inserted. */
  shape: string
}

/** The filters of a command by its name. An inserted document is treated like a filter. */
const FILTERS: Readonly<Record<string, (command: Document) => Document[]>> = {
  find: ({ filter }) => [filter],
  count: ({ query }) => [query],
  distinct: ({ query }) => [query],
  findAndModify: ({ query }) => [query],
  update: ({ updates }) => updates.map(({ q }: Document) => q),
  delete: ({ deletes }) => deletes.map(({ q }: Document) => q),
  insert: ({ documents }) => documents,
  aggregate: ({ pipeline }) => [firstMatch(pipeline)],
}

/** Returns what is wrong with a command that is sent to MongoDB. `command` is as the driver reports it. */
export function faultsOf(name: string, command: Document): CommandFault[] {
  const read = Object.hasOwn(FILTERS, name) ? FILTERS[name] : undefined
  const collection = command[name]
  if (!read || typeof collection !== 'string') return []
  return [
    ...faultsIn(name, collection, read(command)),
    ...joinsOf(name === 'aggregate' ? command['pipeline'] : []).flatMap(({ from, match }) => faultsIn('aggregate', from, [match])),
  ]
}

function faultsIn(command: string, collection: string, filters: readonly (Document | undefined)[]): CommandFault[] {
  if (isWhole(collection)) return []
  const unnamed = filters.filter((filter) => !namesOrganization(filter ?? {}))
  const shapes = new Set(unnamed.map((filter) => shapeOf(filter ?? {})))
  return [...shapes].map((shape) => ({ command, collection, shape })).filter((fault) => !isAcrossOrganizations(fault))
}

/** True if the collection stays whole. */
export function isWhole(collection: string): boolean {
  return Object.keys(WHOLE_COLLECTIONS).some((name) =>
    name.endsWith('*') ? collection.startsWith(name.slice(0, -1)) : collection === name,
  )
}

function isAcrossOrganizations({ command, collection, shape }: CommandFault): boolean {
  return ACROSS_ORGANIZATIONS.some((one) => one.command === command && one.shapes.includes(shape) && one.collections.includes(collection))
}

/** True if the filter compares `organization` with one value or a list of values. */
function namesOrganization(filter: Document): boolean {
  const { organization, $and, $or, $expr } = filter
  if (isGiven(organization)) return true
  if (($and ?? []).some(namesOrganization)) return true
  if ($or?.length > 0 && $or.every(namesOrganization)) return true
  return isJoinedByOrganization($expr)
}

function isGiven(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return typeof value === 'string'
  const [operator, ...others] = Object.keys(value)
  if (!operator?.startsWith('$')) return true
  return others.length === 0 && (operator === '$eq' || operator === '$in')
}

/** In the pipeline of a join: `$organization` is compared with the organization of the other document. */
function isJoinedByOrganization(expression: unknown): boolean {
  const { $eq, $and } = (expression ?? {}) as { $eq?: unknown[]; $and?: unknown[] }
  return ($eq?.includes('$organization') ?? false) || ($and?.some(isJoinedByOrganization) ?? false)
}

/** The names of all fields that a filter compares, in alphabetical order; those within `$expr` begin with `$`. */
export function shapeOf(filter: Document): string {
  return [...new Set(fieldsOf(filter))].toSorted().join(' ')
}

function fieldsOf(filter: Document): string[] {
  return Object.entries(filter).flatMap(([name, value]) => {
    if (name === '$expr') return fieldsOfExpression(value)
    return Array.isArray(value) && name.startsWith('$') ? value.flatMap(fieldsOf) : [name]
  })
}

function fieldsOfExpression(value: unknown): string[] {
  if (typeof value === 'string') return value.startsWith('$') && !value.startsWith('$$') ? [value] : []
  if (Array.isArray(value)) return value.flatMap(fieldsOfExpression)
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(fieldsOfExpression) : []
}

function firstMatch(pipeline: readonly Document[]): Document {
  const [first] = pipeline
  return first?.['$match'] ?? {}
}

/** The joined collections of a pipeline, each with the filter of its documents. */
function joinsOf(pipeline: readonly Document[]): { from: string; match: Document }[] {
  return pipeline.flatMap((stage) => {
    const { $lookup, $unionWith } = stage
    if ($unionWith) return [{ from: $unionWith.coll ?? $unionWith, match: firstMatch($unionWith.pipeline ?? []) }]
    if (!$lookup) return []
    const { from, foreignField, pipeline: inner } = $lookup
    return [{ from, match: { ...(foreignField ? { [foreignField]: { $eq: null } } : {}), ...firstMatch(inner ?? []) } }]
  })
}

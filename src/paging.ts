import type { CollationOptions } from 'mongodb'
import { Types, type Model, type QueryFilter } from 'mongoose'
import { z } from 'zod'
import { ServiceError } from './errors.ts'

/** By the time of making, or by the field `name`; with `-` the newest or the last letter first. */
export const LIST_ORDERS = ['-added', 'added', 'name', '-name'] as const
export type ListOrder = (typeof LIST_ORDERS)[number]

/** How names compare: accents and case make no difference, so that nobody is hidden behind all that begins with a small letter. */
export const NAME_COLLATION = { locale: 'en', strength: 1 } as const satisfies CollationOptions

/** Which part of a list is wanted: at most `limit` items, after the one that `cursor` stands for. */
export interface PageRequest {
  limit: number
  cursor?: string | undefined
}

export interface OrderedPageRequest extends PageRequest {
  /** Newest first where it is left out; by name only what has one. A cursor is good for the order that it comes from. */
  order?: ListOrder | undefined
}

export interface Page<T> {
  data: T[]
  /** Null at the end of the list. */
  nextCursor: string | null
}

/** What an order needs of a document; `name` stands there in orders by name alone. */
interface Place {
  _id: Types.ObjectId
  name?: string | undefined
}

/**
 * One page of the documents that match; those of the same name come in the order of `_id`. What is added or removed meanwhile neither
 * repeats nor hides another document. By name the collation holds for the whole filter: a text that must be equal to the letter has to be
 * asked for by an expression.
 * @throws ServiceError `invalid_request` for a cursor that is not one of this list in this order
 */
export async function page<T, V>(
  model: Model<T>,
  filter: QueryFilter<T>,
  { limit, cursor, order = '-added' }: OrderedPageRequest,
  toView: (document: T & { _id: Types.ObjectId }) => V | Promise<V>,
): Promise<Page<V>> {
  const after = cursor === undefined ? {} : behind(readPlace(cursor, order), order)
  const found = await model
    .find({ $and: [filter, after] } as QueryFilter<T>, null, inOrder(order))
    .limit(limit + 1)
    .lean<(T & Place)[]>()
  const shown = found.slice(0, limit)
  const last = shown.at(-1)
  const hasMore = found.length > shown.length
  return { data: await Promise.all(shown.map(toView)), nextCursor: hasMore && last ? writePlace(last, order) : null }
}

/** The options of a query for a list in that order. */
export function inOrder(order: ListOrder): { sort: Record<string, 1 | -1>; collation?: CollationOptions } {
  const direction = isBackwards(order) ? -1 : 1
  return isByName(order) ? { sort: { name: direction, _id: direction }, collation: NAME_COLLATION } : { sort: { _id: direction } }
}

export function isBackwards(order: ListOrder): boolean {
  return order.startsWith('-')
}

function isByName(order: ListOrder): boolean {
  return order === 'name' || order === '-name'
}

function behind({ _id, name }: Place, order: ListOrder): Record<string, unknown> {
  const further = isBackwards(order) ? '$lt' : '$gt'
  if (!isByName(order)) return { _id: { [further]: _id } }
  // the first condition bounds the reading of the index, the second leaves out those of the same name that were shown
  return { name: { [`${further}e`]: name }, $or: [{ name: { [further]: name } }, { _id: { [further]: _id } }] }
}

function writePlace({ _id, name }: Place, order: ListOrder): string {
  return writeCursor([order, _id.toHexString(), ...(isByName(order) ? [name] : [])])
}

const Id = z.string().regex(/^[\da-f]{24}$/)

function readPlace(cursor: string, order: ListOrder): Place {
  const byName = z.tuple([z.literal(order), Id, z.string()])
  const byTime = z.tuple([z.literal(order), Id])
  const [, id, name] = readCursor<[string, string, string?]>(cursor, isByName(order) ? byName : byTime)
  return { _id: Types.ObjectId.createFromHexString(id), name }
}

/** The place in a list after which its next page begins; only this service reads it. */
export function writeCursor(place: unknown): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url')
}

/**
 * `place`: the form of the places of this list.
 * @throws ServiceError `invalid_request` for a cursor that is not one of this list
 */
export function readCursor<T>(cursor: string, place: z.ZodType<T>): T {
  const { data, success } = place.safeParse(decoded(cursor))
  if (success) return data
  const errors = [{ path: 'query.cursor', message: 'does not belong to this list: use nextCursor' }]
  throw new ServiceError('invalid_request', 'The cursor does not belong to this list.', { errors })
}

function decoded(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString())
  } catch {
    return undefined
  }
}

/** A `$regex` that finds this very text; MongoDB takes no NUL in a pattern as it is. */
export function literally(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`).replaceAll('\0', String.raw`\x00`)
}

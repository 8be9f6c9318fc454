import type { CollationOptions } from 'mongodb'
import { Types, type Model, type QueryFilter } from 'mongoose'
import { z } from 'zod'
import { ServiceError } from './errors.ts'

/** Sorts by creation time or by the field `name`; `-` means the newest or the last letter first. */
export const LIST_ORDERS = ['-added', 'added', 'name', '-name'] as const
export type ListOrder = (typeof LIST_ORDERS)[number]

/** Limit of the cursor of a list that may be ordered by name: it may hold one. */
export const LONGEST_CURSOR = 2000

/** Names are compared without accents and case, so that lower-case names are not sorted after all others. */
export const NAME_COLLATION = { locale: 'en', strength: 1 } as const satisfies CollationOptions

/** The requested part of a list: at most `limit` items after the position of `cursor`. */
export interface PageRequest {
  limit: number
  cursor?: string | undefined
}

export interface OrderedPageRequest extends PageRequest {
  /**
   * Newest first by default. Ordering by name requires that field. A cursor is valid only for the order that produced
   * it.
   */
  order?: ListOrder | undefined
}

export interface Page<T> {
  data: T[]
  /** Null at the end of the list. */
  nextCursor: string | null
}

/** A document's position in an order; `name` is set only in orders by name. */
interface Place {
  _id: Types.ObjectId
  name?: string | undefined
}

/** The key of an index, or its name if several have the same key. */
export type IndexHint = Record<string, 1 | -1> | string

/** How the database reads a list; by default as it chooses. */
export interface PageReading {
  /** The index to read. */
  hint?: IndexHint | undefined
  /** The index does not yield the order: sorts the positions of all matching documents, and then reads those of the page. */
  isSorted?: boolean | undefined
}

/**
 * Returns one page of the documents that match. Those with the same name are ordered by `_id`. Documents added or
 * removed in between neither repeat nor hide others. In an order by name, the collation applies to the whole filter;
 * an exact comparison of text needs an expression.
 * @throws ServiceError `invalid_request` for a cursor that does not belong to this list in this order
 */
export async function page<T, V>(
  model: Model<T>,
  filter: QueryFilter<T>,
  { limit, cursor, order = '-added' }: OrderedPageRequest,
  toView: (document: T & { _id: Types.ObjectId }) => V | Promise<V>,
  { hint, isSorted = false }: PageReading = {},
): Promise<Page<V>> {
  const after = cursor === undefined ? {} : behind(readPlace(cursor, order), order)
  const matching = { $and: [filter, after] } as QueryFilter<T>
  const read = { ...inOrder(order), ...(hint ? { hint } : {}) }
  const found = await model
    .find(matching, isSorted ? (isByName(order) ? { name: 1 } : { _id: 1 }) : null, read)
    .limit(limit + 1)
    .lean<(T & Place)[]>()
  const places = found.slice(0, limit)
  const ids = places.map(({ _id }) => _id)
  const whole = isSorted
    ? await model.find({ $and: [matching, { _id: { $in: ids } }] } as QueryFilter<T>, null, { ...read, sort: {}, hint: { _id: 1 } }).lean<(T & Place)[]>() // prettier-ignore
    : places
  const byId = new Map(whole.map((document) => [document._id.toHexString(), document]))
  const shown = ids.flatMap((id) => byId.get(id.toHexString()) ?? [])
  const last = places.at(-1)
  const hasMore = found.length > places.length
  return { data: await Promise.all(shown.map(toView)), nextCursor: hasMore && last ? writePlace(last, order) : null }
}

/** Returns the options of a query for a list in that order. */
export function inOrder(order: ListOrder): { sort: Record<string, 1 | -1>; collation?: CollationOptions } {
  const direction = isBackwards(order) ? -1 : 1
  return isByName(order) ? { sort: { name: direction, _id: direction }, collation: NAME_COLLATION } : { sort: { _id: direction } }
}

export function isBackwards(order: ListOrder): boolean {
  return order.startsWith('-')
}

export function isByName(order: ListOrder): boolean {
  return order === 'name' || order === '-name'
}

function behind({ _id, name }: Place, order: ListOrder): Record<string, unknown> {
  const further = isBackwards(order) ? '$lt' : '$gt'
  if (!isByName(order)) return { _id: { [further]: _id } }
  // the first condition limits the index range that is read, the second leaves out documents with the same name that
  // were shown before
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

/** Encodes the position after which the next page of a list begins. Only this service reads it. */
export function writeCursor(place: unknown): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url')
}

/**
 * @param place the form of positions in this list
 * @throws ServiceError `invalid_request` for a cursor that does not belong to this list
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

/** Returns a `$regex` that matches exactly this text. MongoDB does not accept an unescaped NUL in a pattern. */
export function literally(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`).replaceAll('\0', String.raw`\x00`)
}

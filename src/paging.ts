import { Types, type Model, type QueryFilter } from 'mongoose'
import { ServiceError } from './errors.ts'

/** Which part of a list is wanted: at most `limit` items, after the one that `cursor` stands for. */
export interface PageRequest {
  limit: number
  cursor?: string | undefined
}

export interface Page<T> {
  data: T[]
  /** Null at the end of the list. */
  nextCursor: string | null
}

export interface PageOptions {
  /** Newest first unless this is set; the order is that of `_id`. */
  oldestFirst?: boolean
}

/**
 * One page of the documents that match, in the order of `_id`. What is added or removed meanwhile neither repeats nor
 * hides another document.
 * @throws ServiceError `invalid_request` for a cursor that is not one of ours
 */
export async function page<T, V>(
  model: Model<T>,
  filter: QueryFilter<T>,
  request: PageRequest,
  toView: (document: T & { _id: Types.ObjectId }) => V | Promise<V>,
  options: PageOptions = {},
): Promise<Page<V>> {
  const after = request.cursor === undefined ? {} : { _id: { [options.oldestFirst ? '$gt' : '$lt']: readCursor(request.cursor) } }
  const found = await model
    .find({ $and: [filter, after] } as QueryFilter<T>)
    .sort({ _id: options.oldestFirst ? 1 : -1 })
    .limit(request.limit + 1)
    .lean<(T & { _id: Types.ObjectId })[]>()
  const shown = found.slice(0, request.limit)
  const last = shown.at(-1)
  const hasMore = found.length > shown.length
  return { data: await Promise.all(shown.map(toView)), nextCursor: hasMore && last ? writeCursor(last._id) : null }
}

/** The place in a list after which its next page begins. */
export function writeCursor(id: Types.ObjectId): string {
  return Buffer.from(id.toHexString(), 'hex').toString('base64url')
}

/** @throws ServiceError `invalid_request` for a cursor that is not one of ours */
export function readCursor(cursor: string): Types.ObjectId {
  const hex = /^[\w-]{16}$/.test(cursor) ? Buffer.from(cursor, 'base64url').toString('hex') : ''
  if (hex.length === 24) return Types.ObjectId.createFromHexString(hex)
  const errors = [{ path: 'query.cursor', message: 'is not a cursor of this list: take it from nextCursor' }]
  throw new ServiceError('invalid_request', 'The cursor is not one of this list.', { errors })
}

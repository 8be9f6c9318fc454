import type { Model, QueryFilter } from 'mongoose'
import { z } from 'zod'
import { readCursor, writeCursor, type Page, type PageRequest } from '../paging.ts'

interface Ordered {
  _id: unknown
  sortKey: string
}

/**
 * Returns one page of mirrored records in the order of their `sortKey`. The cursor names the last record returned, so
 * records that are added or removed in between are neither repeated nor skipped.
 * @throws ServiceError `invalid_request` for an invalid cursor
 */
export async function readRecordPage<T, V>(
  model: Model<T>,
  filter: QueryFilter<T>,
  page: PageRequest,
  toView: (record: T) => V,
): Promise<Page<V>> {
  const after = page.cursor === undefined ? {} : afterCursor(page.cursor)
  const where = { $and: [filter, after] } as QueryFilter<T>
  const records = await model
    .find(where)
    .sort({ sortKey: 1, _id: 1 })
    .limit(page.limit + 1)
    .lean<(T & Ordered)[]>()
  const data = records.slice(0, page.limit)
  const last = data.at(-1)
  return { data: data.map(toView), nextCursor: records.length > page.limit && last ? writeCursor([last.sortKey, String(last._id)]) : null }
}

/** `sortKey` and id. */
const Place = z.tuple([z.string(), z.string().regex(/^[0-9a-f]{24}$/)])

function afterCursor(cursor: string): object {
  const [sortKey, id] = readCursor(cursor, Place)
  return { $or: [{ sortKey: { $gt: sortKey } }, { sortKey, _id: { $gt: id } }] }
}

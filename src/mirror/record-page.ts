import type { Model, QueryFilter } from 'mongoose'
import { ServiceError } from '../errors.ts'
import type { Page, PageRequest } from '../paging.ts'

interface Ordered {
  _id: unknown
  sortKey: string
}

/**
 * One page of mirrored records in the order of their `sortKey`. The cursor names the last record given, so records that
 * come or go in between are neither repeated nor skipped over.
 * @throws ServiceError `invalid_request` for a cursor that is not ours
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
  return { data: data.map(toView), nextCursor: records.length > page.limit && last ? toCursor(last) : null }
}

function toCursor({ sortKey, _id }: Ordered): string {
  return Buffer.from(JSON.stringify([sortKey, String(_id)])).toString('base64url')
}

function afterCursor(cursor: string): object {
  const [sortKey, id] = readCursor(cursor)
  return { $or: [{ sortKey: { $gt: sortKey } }, { sortKey, _id: { $gt: id } }] }
}

function readCursor(cursor: string): [string, string] {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    if (Array.isArray(parsed) && typeof parsed[0] === 'string' && typeof parsed[1] === 'string' && /^[0-9a-f]{24}$/.test(parsed[1]))
      return [parsed[0], parsed[1]]
  } catch {
    // falls through to the refusal
  }
  throw new ServiceError('invalid_request', 'The cursor is not one of this list.', {
    errors: [{ path: 'query.cursor', message: 'is not a cursor of this list: take it from nextCursor' }],
  })
}

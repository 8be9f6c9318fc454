/** Lists: `limit`, the opaque `offset`, and the envelope with `hasNext` and `next`. */
import { z } from 'zod'
import type { ApiAnswer, ApiCall } from './endpoint.ts'
import type { World } from '../world.ts'
import { badRequest, LeverError } from './lever-error.ts'

const MOST = 100
const Token = z.array(z.union([z.number(), z.string()])).min(1)

/** `limit` 1 to 100, 100 if not given; else 400 (assumed). */
export function readLimit({ query, world }: ApiCall): number {
  const text = query.get('limit')
  if (text === null) return MOST
  const limit = Number(text)
  if (world.settings.answers.limitOutOfRange === 'clamped' && limit !== 0) return Math.min(MOST, Math.max(1, Math.trunc(limit) || 1))
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST) throw badRequest('limit must be a number between 1 and 100')
  return limit
}

/**
 * Returns the start position of a page. Real tokens are a percent-encoded JSON array (recorded); clients send them back encoded once or
 * twice, so this decodes until it parses.
 * @throws LeverError "Invalid offset token"
 */
export function readOffset({ query, world }: ApiCall): (string | number)[] | null {
  let text = query.get('offset')
  if (text === null) return null
  for (let times = 0; times < 3; times += 1) {
    const token = parseToken(text)
    if (token) return token
    text = decode(text)
  }
  throw badOffset(world)
}

/** The message is known, the status is assumed. */
export function badOffset({ settings }: World): LeverError {
  return new LeverError(settings.answers.badOffset, 'Invalid offset token')
}

function parseToken(text: string): (string | number)[] | null {
  try {
    return Token.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

export function writeOffset(position: readonly (string | number)[]): string {
  return encodeURIComponent(JSON.stringify(position))
}

/** `next` is absent when there is no more (recorded). */
export function listAnswer(data: unknown[], next: readonly (string | number)[] | null): ApiAnswer {
  return { status: 200, body: next ? { data, hasNext: true, next: writeOffset(next) } : { data, hasNext: false } }
}

/** Returns a page of a short list in the given order; `position` must be unique and stable, here `[sort value, id]`. */
export function pageOf<T>(
  call: ApiCall,
  items: T[],
  position: (item: T) => readonly (string | number)[],
  render: (item: T) => unknown,
): ApiAnswer {
  const limit = readLimit(call)
  const offset = readOffset(call)
  const start = offset ? items.findIndex((item) => JSON.stringify(position(item)) === JSON.stringify(offset)) : 0
  if (start < 0) throw badOffset(call.world)
  const page = items.slice(start, start + limit)
  const next = items[start + limit]
  return listAnswer(page.map(render), next === undefined ? null : position(next))
}

import { z } from 'zod'
import { isLeverId } from './lever-id.ts'

/**
 * Schemas for Lever's answers. Only what identifies a record is required; a field that is missing, null or of an unexpected type becomes
 * null (or empty), so that one odd record does not fail a whole list. Unknown fields are ignored (Lever's API documentation: new ones
 * appear within v1). An id that cannot be part of a path counts as missing; stages have slugs, not UUIDs.
 */
export const leverId = z.string().refine(isLeverId)

export const text = z.string().nullable().catch(null)
export const flag = z.boolean().catch(false)
/** A number, or a number in a string. */
export const count = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^\d{1,15}$/)
      .transform(Number),
  ]) // prettier-ignore
  .nullable()
  .catch(null)

/** An empty text means none (recorded answer: `location`). */
export const filledText = z
  .string()
  .transform((value) => (value.trim() === '' ? null : value))
  .nullable()
  .catch(null)

const LAST_TIME_MS = 8.64e15
const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d/
const DIGITS = /^-?\d{1,16}$/

/** Lever's times are whole ms since the epoch; numbers in strings and ISO 8601 are accepted too. */
export const time = z
  .union([z.number(), z.string().max(40)])
  .transform((value) => (typeof value === 'number' ? value : msOf(value)))
  .pipe(z.number().min(-LAST_TIME_MS).max(LAST_TIME_MS))
  .transform((ms) => new Date(ms))
  .nullable()
  .catch(null)

function msOf(written: string): number {
  if (DIGITS.test(written)) return Number(written)
  return ISO_TIME.test(written) ? Date.parse(written) : Number.NaN
}

/** The texts of an array; other members are left out. */
export const texts = z
  .array(z.unknown())
  .catch([])
  .transform((values) => values.filter((value): value is string => typeof value === 'string'))

/** The members of an array that `member` can read. */
export function readable<S extends z.ZodType>(member: S) {
  return z
    .array(z.unknown())
    .catch([])
    .transform((values) => values.map((value) => member.safeParse(value)).flatMap((read) => (read.success ? [read.data] : [])))
}

/** An id, or with `expand` the object in its place; null stays null. */
export const reference = z
  .union([leverId.transform((id) => ({ id })), z.looseObject({ id: leverId })])
  .nullable()
  .catch(null)

/** `{"data": …}`. For some calls, Lever's API documentation nests it twice; recorded answers do not. */
export function envelope<S extends z.ZodType>(data: S) {
  return z.preprocess(unwrapNested, z.looseObject({ data }))
}

function unwrapNested(body: unknown): unknown {
  if (!isObject(body) || !isObject(body['data']) || !isObject(body['data']['data'])) return body
  return { ...body, ...body['data'] }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

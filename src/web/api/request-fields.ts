import { z } from 'zod'

/** `{id}` of one of our documents; anything else is not found. */
export const IdParams = z.strictObject({ id: z.string().regex(/^[0-9a-f]{24}$/) })

/** Excludes characters that our texts never contain: control characters, which pages and Lever do not show, and lone surrogates. */
const LINE = /^[^\p{Cc}\p{Cs}]*$/u
/** Like `LINE`, but allows tabs and line breaks. */
const LINES = /^(?:[^\p{Cc}\p{Cs}]|[\t\n\r])*$/u
const MESSAGE = 'has control characters'

/** A trimmed, non-empty text of one line. */
export const plainLine = (maxLength: number) => z.string().trim().min(1).max(maxLength).regex(LINE, MESSAGE)

/** A trimmed, non-empty text of any number of lines. */
export const plainText = (maxLength: number) => z.string().trim().min(1).max(maxLength).regex(LINES, MESSAGE)

/** A query parameter that is `true` or `false`. */
export const queryFlag = z
  .enum(['true', 'false'])
  .transform((value) => value === 'true')
  .meta({ override: asBoolean })

/** Documents the boolean value; JSON Schema cannot express its spelling in a query. */
function asBoolean({ jsonSchema }: { jsonSchema: Record<string, unknown> }): void {
  jsonSchema['type'] = 'boolean'
  delete jsonSchema['enum']
}

const Moment = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()], {
    error: 'must be an instant like 2026-03-01T12:00:00Z, or a date like 2026-03-01',
  })
  .transform((text) => new Date(text))

/** A query parameter that is an instant or a calendar date, which means its start in UTC. */
export function momentQuery(description: string) {
  return Moment.optional().meta({ description, override: { type: 'string', format: 'date-time' } })
}

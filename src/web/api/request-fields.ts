import { z } from 'zod'

/** `{id}` of one of our documents; anything else is the name of nothing. */
export const IdParams = z.strictObject({ id: z.string().regex(/^[0-9a-f]{24}$/) })

/** Characters that no text of ours holds: controls, which pages and Lever show as nothing, and halves of surrogate pairs. */
const LINE = /^[^\p{Cc}\p{Cs}]*$/u
/** The same, but tabs and line breaks may stand. */
const LINES = /^(?:[^\p{Cc}\p{Cs}]|[\t\n\r])*$/u
const MESSAGE = 'has control characters'

/** A text of one line that says something, without white space around it. */
export const plainLine = (maxLength: number) => z.string().trim().min(1).max(maxLength).regex(LINE, MESSAGE)

/** A text of any number of lines that says something. */
export const plainText = (maxLength: number) => z.string().trim().min(1).max(maxLength).regex(LINES, MESSAGE)

/** A query parameter that is `true` or `false`. */
export const queryFlag = z
  .enum(['true', 'false'])
  .transform((value) => value === 'true')
  .meta({ override: asBoolean })

/** JSON Schema knows the value, not how a query spells it. */
function asBoolean({ jsonSchema }: { jsonSchema: Record<string, unknown> }): void {
  jsonSchema['type'] = 'boolean'
  delete jsonSchema['enum']
}

const Moment = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()], {
    error: 'must be an instant like 2026-03-01T12:00:00Z, or a date like 2026-03-01',
  })
  .transform((text) => new Date(text))

/** A query parameter that is an instant, or a calendar date: its beginning in UTC. */
export function momentQuery(description: string) {
  return Moment.optional().meta({ description, override: { type: 'string', format: 'date-time' } })
}

import { z } from 'zod'

const Moment = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()], {
    error: 'must be an instant like 2026-03-01T12:00:00Z, or a date like 2026-03-01',
  })
  .transform((text) => new Date(text))

/** A query parameter that is an instant, or a calendar date: its beginning in UTC. */
export function momentQuery(description: string) {
  return Moment.optional().meta({ description, override: { type: 'string', format: 'date-time' } })
}

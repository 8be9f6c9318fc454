import { z } from 'zod'

const limit = z
  .string()
  .regex(/^([1-9]\d?|100)$/, 'must be a whole number from 1 to 100')
  .transform(Number)

/** The query parameters of every list. Add a list's filters with `pageQuery.extend({ status: … })`. */
export const pageQuery = z.strictObject({
  limit: limit
    .default(50)
    .meta({ description: 'Maximum number of items, 1 to 100.', override: { type: 'integer', minimum: 1, maximum: 100, default: 50 } }),
  cursor: z.string().max(200).optional().meta({ description: '`nextCursor` of the previous page.' }),
})

/** The envelope of a list of `item`, for the documentation. */
export function pageOf<S extends z.ZodType>(item: S) {
  return z.object({ data: z.array(item), nextCursor: z.string().nullable().meta({ description: 'Null at the end of the list.' }) })
}

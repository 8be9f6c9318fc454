import { z } from 'zod'

/** `{id}` of one of our documents; anything else is the name of nothing. */
export const IdParams = z.strictObject({ id: z.string().regex(/^[0-9a-f]{24}$/) })

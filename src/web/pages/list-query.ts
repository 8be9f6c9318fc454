import { z } from 'zod'

/** What stands in the address of a list; what makes no sense there is left out. */
export const ListQuery = z.object({
  cursor: z
    .string()
    .regex(/^[\w-]{16}$/)
    .optional()
    .catch(undefined),
})

import { z } from 'zod'

/** What stands in the address of a list; what makes no sense there is left out. */
export const ListQuery = z.object({
  q: z.string().trim().max(200).catch(''),
  cursor: z
    .string()
    .regex(/^[\w-]{16}$/)
    .optional()
    .catch(undefined),
})

/** Where the list stands now, to come back to it: `/settings/people?q=ana`. */
export function listAddress(href: string, { q, cursor }: { q: string; cursor?: string | undefined }): string {
  const query = new URLSearchParams({ ...(q === '' ? {} : { q }), ...(cursor === undefined ? {} : { cursor }) }).toString()
  return query === '' ? href : `${href}?${query}`
}

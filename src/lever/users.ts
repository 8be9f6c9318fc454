import { z } from 'zod'
import type { Lane, LeverClient } from './client.ts'
import { envelope, filledText, leverId, text, time } from './lenient.ts'
import { leverPath } from './lever-path.ts'

export const LeverUserSchema = z.object({
  id: leverId,
  name: text,
  username: text,
  email: filledText,
  /** `super admin`, `admin`, `team member`, `limited team member`, `interviewer`, or the id of a custom role. */
  accessRole: text,
  deactivatedAt: time,
  createdAt: time,
})
export type LeverUser = z.output<typeof LeverUserSchema>

export interface UserFilters {
  /** Lever lists active users only, unless asked (Lever's API documentation). */
  includeDeactivated?: boolean
  email?: string
  lane?: Lane
}

/** Newest first. No match is an empty list. */
export function listUsers(client: LeverClient, filters: UserFilters = {}): AsyncIterable<LeverUser> {
  const { includeDeactivated, email, lane } = filters
  const query = { email, includeDeactivated: includeDeactivated === true ? true : undefined }
  return client.list(leverPath`/users`, { query, item: LeverUserSchema, ...(lane ? { lane } : {}) })
}

/** Deactivated users too (assumed). @throws LeverCallError with status 404 for an unknown id */
export async function getUser(client: LeverClient, id: string): Promise<LeverUser> {
  return (await client.get(leverPath`/users/${id}`, { schema: envelope(LeverUserSchema) })).data
}

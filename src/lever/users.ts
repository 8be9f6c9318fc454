import { z } from 'zod'
import type { Lane, LeverClient } from './client.ts'
import { envelope, filledText, leverId, text, time } from './lenient.ts'
import { isLeverStatus } from './lever-call-error.ts'
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

/** Newest first. No match is an empty list, and an address that Lever considers invalid (400, assumed) matches nobody. */
export async function* listUsers(client: LeverClient, filters: UserFilters = {}): AsyncGenerator<LeverUser> {
  const { includeDeactivated, email, lane } = filters
  const query = { email, includeDeactivated: includeDeactivated === true ? true : undefined }
  try {
    yield* client.list(leverPath`/users`, { query, item: LeverUserSchema, ...(lane ? { lane } : {}) })
  } catch (error) {
    if (email === undefined || !isLeverStatus(error, 400)) throw error
  }
}

/** Deactivated users too (assumed). @throws LeverCallError with status 404 for an unknown id */
export async function getUser(client: LeverClient, id: string): Promise<LeverUser> {
  return (await client.get(leverPath`/users/${id}`, { schema: envelope(LeverUserSchema) })).data
}

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
  /** By default, Lever lists only active users (Lever's API documentation). */
  includeDeactivated?: boolean
  email?: string
  lane?: Lane
}

/** Yields users, newest first. An address that Lever considers invalid (400, assumed) matches no one and gives an empty list. */
export async function* listUsers(client: LeverClient, filters: UserFilters = {}): AsyncGenerator<LeverUser> {
  const { includeDeactivated, email, lane } = filters
  const query = { email, includeDeactivated: includeDeactivated === true ? true : undefined }
  try {
    yield* client.list(leverPath`/users`, { query, item: LeverUserSchema, ...(lane ? { lane } : {}) })
  } catch (error) {
    if (email === undefined || !isLeverStatus(error, 400)) throw error
  }
}

/**
 * Includes deactivated users (assumed).
 * @throws LeverCallError with status 404 for an unknown id
 */
export async function getUser(client: LeverClient, id: string): Promise<LeverUser> {
  return (await client.get(leverPath`/users/${id}`, { schema: envelope(LeverUserSchema) })).data
}

import { isServiceError } from '../errors.ts'
import type { LeverPerson, MappingDeps } from './mapping-deps.ts'
import { toMappingView, type MappingView } from './mapping-view.ts'
import { readMatchSides, type MatchSides } from './match-sides.ts'
import { suggesterOf, type Suggestion } from './near-miss.ts'
import { saveMapping } from './save-mapping.ts'

/** Why no Lever user was matched to a person by email address. */
export const UNMATCHED_REASONS = ['lever_user_not_found', 'lever_user_deactivated', 'lever_user_already_mapped'] as const
export type UnmatchedReason = (typeof UNMATCHED_REASONS)[number]

export interface Unmatched {
  userEmail: string
  reason: UnmatchedReason
  /** Possible Lever users, neither deactivated nor mapped, the likeliest first. */
  suggestions: Suggestion[]
}

/**
 * Maps every active person who is not mapped yet to the Lever user with the same email address. Existing mappings
 * stay unchanged. Lever's users are read again; if Lever cannot be asked, the last known ones are used.
 * @throws ServiceError when Lever cannot be asked and no user has ever been read
 */
export async function autoMatch(
  deps: MappingDeps,
  organization: string,
  actor: string,
): Promise<{ matched: MappingView[]; unmatched: Unmatched[] }> {
  await refreshIfPossible(deps, organization)
  const sides = await readMatchSides(deps, organization)
  const matched: MappingView[] = []
  for (const { email } of sides.people) {
    const leverUser = sides.byEmail.get(email)
    if (!leverUser || leverUser.deactivatedAt !== null) continue
    const mapping = await mapUnlessTaken(deps, organization, email, leverUser, actor)
    if (mapping) matched.push(mapping)
  }
  return { matched, unmatched: await suggest(deps, organization) }
}

/** Returns the active people who are not mapped, the reason, and possible Lever users as last seen. */
export async function suggest(deps: MappingDeps, organization: string): Promise<Unmatched[]> {
  const sides = await readMatchSides(deps, organization)
  const free = sides.leverUsers.filter(({ id, deactivatedAt }) => deactivatedAt === null && !sides.taken.has(id))
  const suggestFor = suggesterOf(free)
  return sides.people.map((person) => ({
    userEmail: person.email,
    reason: reasonFor(person.email, sides),
    suggestions: suggestFor(person),
  }))
}

function reasonFor(email: string, { byEmail, taken }: MatchSides): UnmatchedReason {
  const leverUser = byEmail.get(email)
  if (leverUser && taken.has(leverUser.id)) return 'lever_user_already_mapped'
  return leverUser && leverUser.deactivatedAt !== null ? 'lever_user_deactivated' : 'lever_user_not_found'
}

async function refreshIfPossible(deps: MappingDeps, organization: string): Promise<void> {
  try {
    await deps.leverUsers.refresh(organization)
  } catch (error) {
    const seen = await deps.leverUsers.all(organization)
    if (!isServiceError(error) || seen.length === 0) throw error
  }
}

async function mapUnlessTaken(
  deps: MappingDeps,
  organization: string,
  userEmail: string,
  leverUser: LeverPerson,
  actor: string,
): Promise<MappingView | null> {
  try {
    return toMappingView(await saveMapping(deps, organization, { userEmail, leverUser, active: true }, actor), leverUser)
  } catch (error) {
    if (isServiceError(error, 'lever_user_already_mapped')) return null // another person was mapped to this user in between
    throw error
  }
}

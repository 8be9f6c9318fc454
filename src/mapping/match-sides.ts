import { normalizeEmail } from '../accounts/email-address.ts'
import type { LeverPerson, MappingDeps } from './mapping-deps.ts'
import { MappingModel, type MappingDocument } from './mapping-model.ts'

/** The people and Lever users to be matched. */
export interface MatchSides {
  /** Active people without a mapping, by email. */
  people: { email: string; name: string }[]
  leverUsers: LeverPerson[]
  /** Lever users by email in its compared form. If several share an address, the one that is not deactivated is used. */
  byEmail: Map<string, LeverPerson>
  /** The ids of Lever users that are mapped already. */
  taken: Set<string>
}

export async function readMatchSides(deps: MappingDeps, organization: string): Promise<MatchSides> {
  const [people, mappings, leverUsers] = await Promise.all([
    deps.accounts.activePeople(organization),
    MappingModel.find({ organization }).lean<MappingDocument[]>(),
    deps.leverUsers.all(organization),
  ])
  const mapped = new Set(mappings.map(({ userEmail }) => userEmail))
  return {
    people: people.filter(({ email }) => !mapped.has(email)),
    leverUsers,
    byEmail: indexByEmail(leverUsers),
    taken: new Set(mappings.map(({ leverUserId }) => leverUserId)),
  }
}

function indexByEmail(leverUsers: readonly LeverPerson[]): Map<string, LeverPerson> {
  const byEmail = new Map<string, LeverPerson>()
  for (const leverUser of leverUsers) {
    const key = leverUser.email === null ? null : normalizeEmail(leverUser.email)
    if (key === null || byEmail.get(key)?.deactivatedAt === null) continue
    byEmail.set(key, leverUser)
  }
  return byEmail
}

import type { CandidateDocument } from '../candidates/candidate-model.ts'
import { isLeverStatus } from '../lever/lever-call-error.ts'
import { listDeletedOpportunities, listOpportunities } from '../lever/opportunities.ts'
import { erasedCandidatesAmong } from './erased-people.ts'
import type { ErasureDeps } from './erasure-deps.ts'

/** Lever's clock and ours may differ. */
const CLOCK_MARGIN_MS = 24 * 3_600_000

/** Returns the candidates here that are in Lever as this opportunity or as another one of the same contact. */
export async function candidatesOfOpportunity(deps: ErasureDeps, organization: string, opportunityId: string): Promise<string[]> {
  const contactIds = await contactsOf(deps, organization, opportunityId)
  // exports keep the contact from when they ran, which may have been merged into this one since
  const others = await Promise.all(contactIds.map((id) => deps.mirror.opportunitiesOfContact(organization, id)))
  return candidatesStandingAs(deps, organization, {
    opportunityIds: [...new Set([opportunityId, ...others.flat().map(({ id }) => id)])],
    contactIds,
  })
}

/**
 * True if all candidates linked to this opportunity were erased; if none is known, all those of its contact. Exports
 * keep ids after an erasure. A person who was entered again counts for the opportunity once they are exported again.
 */
export async function isOfErased(deps: ErasureDeps, organization: string, opportunityId: string): Promise<boolean> {
  const own = await candidatesStandingAs(deps, organization, { opportunityIds: [opportunityId], contactIds: [] })
  const candidateIds = own.length > 0 ? own : await candidatesOfOpportunity(deps, organization, opportunityId)
  const erased = await erasedCandidatesAmong(organization, candidateIds)
  return candidateIds.length > 0 && candidateIds.every((id) => erased.has(id))
}

async function candidatesStandingAs(
  deps: ErasureDeps,
  organization: string,
  inLever: { opportunityIds: string[]; contactIds: string[] },
): Promise<string[]> {
  const exported = await deps.exports.candidatesIn(organization, inLever)
  const linked = await Promise.all(inLever.opportunityIds.map((id) => deps.candidates.linkedTo(organization, id)))
  return [...new Set([...exported, ...linked.flat()])]
}

/**
 * True if a deletion in Lever erases the person: the organization had switched that on before the deletion, and Lever
 * shows no other opportunity of the contact. An opportunity that the mirror knows and Lever does not show may be
 * confidential, so it counts as existing unless Lever lists it as deleted too.
 */
export async function isLastOfItsContact(deps: ErasureDeps, organization: string, opportunityId: string): Promise<boolean> {
  const { eraseWhenDeletedInLever, eraseWhenDeletedInLeverSince: since } = (await deps.connections.get(organization)).settings
  if (!eraseWhenDeletedInLever || !since) return false
  const contactIds = await contactsOf(deps, organization, opportunityId)
  const client = await deps.connections.leverClient(organization, 'webhook')
  if (!(await wasDeletedSince(client, opportunityId, since.getTime()))) return false
  if (await isAnyShown(deps, organization, contactIds, opportunityId)) return false
  const known = await Promise.all(contactIds.map((id) => deps.mirror.opportunitiesOfContact(organization, id)))
  const others = known.flat().filter(({ id }) => id !== opportunityId)
  return contactIds.length > 0 && (await areAllDeleted(client, others))
}

/**
 * Returns the candidates who no longer exist in Lever: none of their exports is under way, Lever shows no opportunity
 * of their own contacts, and it lists every known opportunity of theirs as deleted. People who merely share an email
 * with them do not count.
 */
export async function goneFromLever(
  deps: ErasureDeps,
  organization: string,
  candidateIds: readonly string[],
  deletedId: string,
): Promise<string[]> {
  const gone: string[] = []
  for (const id of candidateIds) {
    const candidate = await deps.candidates.find(organization, id)
    if (candidate && !(await isStillInLever(deps, organization, candidate, deletedId))) gone.push(id)
  }
  return gone
}

async function isStillInLever(deps: ErasureDeps, organization: string, candidate: CandidateDocument, deletedId: string): Promise<boolean> {
  const candidateId = String(candidate._id)
  if (await deps.exports.hasOpen(organization, candidateId)) return true
  const { opportunityIds, contactIds, found } = await deps.exports.tracesOf(organization, candidateId)
  const linked = candidate.lever ? [candidate.lever.opportunityId] : []
  const own = [...new Set([...opportunityIds, ...found.opportunityIds, ...linked])].filter((id) => id !== deletedId)
  const ofOwn = (await Promise.all(own.map((id) => contactsOf(deps, organization, id)))).flat()
  const contacts = new Set([
    ...contactIds,
    ...found.contactIds,
    ...ofOwn,
    ...(candidate.lever?.contactId ? [candidate.lever.contactId] : []),
  ])
  if (await isAnyShown(deps, organization, [...contacts], deletedId)) return true
  const readAt = candidate._id.getTimestamp() // no opportunity deleted earlier was ever linked to it
  const client = await deps.connections.leverClient(organization, 'webhook')
  const known = own.map((id) => ({ id, readAt }))
  return !(await areAllDeleted(client, known))
}

/** True if Lever shows an opportunity of one of these contacts, other than the deleted one. */
async function isAnyShown(deps: ErasureDeps, organization: string, contactIds: readonly string[], deletedId: string): Promise<boolean> {
  const client = await deps.connections.leverClient(organization, 'webhook')
  const connection = await deps.connections.get(organization)
  const confidentiality = deps.connections.canSeeConfidential(connection) ? { confidentiality: 'all' as const } : {}
  for (const contactId of contactIds) {
    for await (const { id } of listOpportunities(client, { contactId, ...confidentiality, lane: 'webhook' })) {
      if (id !== deletedId) return true
    }
  }
  return false
}

async function wasDeletedSince(
  client: Parameters<typeof listDeletedOpportunities>[0],
  opportunityId: string,
  since: number,
): Promise<boolean> {
  try {
    for await (const { id, deletedAt } of listDeletedOpportunities(client, { deletedAtStart: since, lane: 'webhook' })) {
      if (id === opportunityId) return deletedAt !== null && deletedAt.getTime() >= since
    }
  } catch (error) {
    if (!isLeverStatus(error, 403)) throw error // Lever does not grant this list, so the time is unknown
  }
  return false
}

/** The opportunities existed when they were last read, so Lever lists any deletion after that. */
async function areAllDeleted(
  client: Parameters<typeof listDeletedOpportunities>[0],
  opportunities: { id: string; readAt: Date }[],
): Promise<boolean> {
  if (opportunities.length === 0) return true
  const missing = new Set(opportunities.map(({ id }) => id))
  const deletedAtStart = Math.min(...opportunities.map(({ readAt }) => readAt.getTime())) - CLOCK_MARGIN_MS
  try {
    for await (const { id } of listDeletedOpportunities(client, { deletedAtStart, lane: 'webhook' })) missing.delete(id)
  } catch (error) {
    if (!isLeverStatus(error, 403)) throw error // Lever does not grant this list, so they count as existing
  }
  return missing.size === 0
}

/** Reads the mirror and the exports, which may name different contacts if Lever has merged contacts since. */
async function contactsOf(deps: ErasureDeps, organization: string, opportunityId: string): Promise<string[]> {
  const mirrored = await deps.mirror.contactOf(organization, opportunityId)
  const exported = await deps.exports.contactsOf(organization, opportunityId)
  return [...new Set([...(mirrored === null ? [] : [mirrored]), ...exported])]
}

import { listDeletedOpportunities, listOpportunities } from '../lever/opportunities.ts'
import type { ErasureDeps } from './erasure-deps.ts'

/** Lever's clock and ours may differ. */
const CLOCK_MARGIN_MS = 24 * 3_600_000

/** The candidates here that stand in Lever as this opportunity or as another one of the same contact. */
export async function candidatesOfOpportunity(deps: ErasureDeps, organization: string, opportunityId: string): Promise<string[]> {
  const contactIds = await contactsOf(deps, organization, opportunityId)
  // exports keep the contact of their time, which may have been merged into this one since
  const others = await Promise.all(contactIds.map((id) => deps.mirror.opportunitiesOfContact(organization, id)))
  const opportunityIds = [...new Set([opportunityId, ...others.flat().map(({ id }) => id)])]
  const exported = await deps.exports.candidatesIn(organization, { opportunityIds, contactIds })
  const linked = await Promise.all(opportunityIds.map((id) => deps.candidates.linkedTo(organization, id)))
  return [...new Set([...exported, ...linked.flat()])]
}

/**
 * Whether a deletion in Lever is to erase: the organization wished so before Lever made it, and Lever shows no other opportunity of the contact. One that the
 * mirror knows and Lever does not show may be confidential: it counts as there unless Lever lists it as deleted too.
 */
export async function isLastOfItsContact(deps: ErasureDeps, organization: string, opportunityId: string): Promise<boolean> {
  const connection = await deps.connections.get(organization)
  if (!connection.settings.eraseWhenDeletedInLever) return false
  const contactIds = await contactsOf(deps, organization, opportunityId)
  const client = await deps.connections.leverClient(organization, 'webhook')
  const since = connection.settings.eraseWhenDeletedInLeverSince?.getTime()
  if (since !== undefined && !(await wasDeletedSince(client, opportunityId, since))) return false
  const confidentiality = deps.connections.canSeeConfidential(connection) ? { confidentiality: 'all' as const } : {}
  for (const contactId of contactIds) {
    for await (const { id } of listOpportunities(client, { contactId, ...confidentiality, lane: 'webhook' })) {
      if (id !== opportunityId) return false
    }
    const others = (await deps.mirror.opportunitiesOfContact(organization, contactId)).filter(({ id }) => id !== opportunityId)
    if (!(await areAllDeleted(client, others))) return false
  }
  return contactIds.length > 0
}

/**
 * Those of the candidates of whom Lever has nothing else: no opportunity of theirs, their contacts or their e-mails is shown, and each that is
 * known here Lever lists as deleted.
 */
export async function goneFromLever(
  deps: ErasureDeps,
  organization: string,
  candidateIds: readonly string[],
  deletedId: string,
): Promise<string[]> {
  const gone: string[] = []
  for (const id of candidateIds) if (!(await isStillInLever(deps, organization, id, deletedId))) gone.push(id)
  return gone
}

async function isStillInLever(deps: ErasureDeps, organization: string, candidateId: string, deletedId: string): Promise<boolean> {
  const candidate = await deps.candidates.find(organization, candidateId)
  if (!candidate) return false
  const client = await deps.connections.leverClient(organization, 'webhook')
  const connection = await deps.connections.get(organization)
  const confidentiality = deps.connections.canSeeConfidential(connection) ? { confidentiality: 'all' as const } : {}
  const { opportunityIds, contactIds } = await deps.exports.tracesOf(organization, candidateId)
  const contacts = new Set([...contactIds, ...(candidate.lever?.contactId ? [candidate.lever.contactId] : [])])
  const searches = [...[...contacts].map((contactId) => ({ contactId })), ...candidate.emails.map((email) => ({ email }))]
  for (const search of searches) {
    for await (const { id } of listOpportunities(client, { ...search, ...confidentiality, lane: 'webhook' }))
      if (id !== deletedId) return true
  }
  const readAt = candidate._id.getTimestamp() // what was deleted earlier it was never linked to
  const known = [...opportunityIds, ...(candidate.lever ? [candidate.lever.opportunityId] : [])].filter((id) => id !== deletedId)
  return !(await areAllDeleted(
    client,
    known.map((id) => ({ id, readAt })),
  ))
}

async function wasDeletedSince(
  client: Parameters<typeof listDeletedOpportunities>[0],
  opportunityId: string,
  since: number,
): Promise<boolean> {
  for await (const { id, deletedAt } of listDeletedOpportunities(client, { deletedAtStart: since, lane: 'webhook' })) {
    if (id === opportunityId) return deletedAt !== null && deletedAt.getTime() >= since
  }
  return false
}

/** They were there when they were read last, so Lever lists their deletion since. */
async function areAllDeleted(
  client: Parameters<typeof listDeletedOpportunities>[0],
  opportunities: { id: string; readAt: Date }[],
): Promise<boolean> {
  if (opportunities.length === 0) return true
  const missing = new Set(opportunities.map(({ id }) => id))
  const deletedAtStart = Math.min(...opportunities.map(({ readAt }) => readAt.getTime())) - CLOCK_MARGIN_MS
  for await (const { id } of listDeletedOpportunities(client, { deletedAtStart, lane: 'webhook' })) missing.delete(id)
  return missing.size === 0
}

/** By mirror and exports; in truth one, as far as known here. */
async function contactsOf(deps: ErasureDeps, organization: string, opportunityId: string): Promise<string[]> {
  const mirrored = await deps.mirror.contactOf(organization, opportunityId)
  const exported = await deps.exports.contactsOf(organization, opportunityId)
  return [...new Set([...(mirrored === null ? [] : [mirrored]), ...exported])]
}

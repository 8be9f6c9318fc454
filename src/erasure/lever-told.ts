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
 * Whether a deletion in Lever is to erase: the organization wishes so, and Lever shows no other opportunity of the contact. One that the
 * mirror knows and Lever does not show may be confidential: it counts as there unless Lever lists it as deleted too.
 */
export async function isLastOfItsContact(deps: ErasureDeps, organization: string, opportunityId: string): Promise<boolean> {
  const connection = await deps.connections.get(organization)
  if (!connection.settings.eraseWhenDeletedInLever) return false
  const contactIds = await contactsOf(deps, organization, opportunityId)
  const client = await deps.connections.leverClient(organization, 'webhook')
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

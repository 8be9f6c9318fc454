/** Headcount of a requisition: plus one for a hire against it, minus one if the hire is undone. */
import type { Opportunity, Requisition } from '../account/records.ts'
import type { World } from '../world.ts'

/** Also removes the offer from the requisition. `updatedAt` does not change (Lever's API documentation). */
export function countHire(world: World, opportunity: Opportunity, requisition: Requisition): void {
  if (!opportunity.application) return
  const { id, requisitionCode, hiringManager } = requisition
  requisition.headcountHired += 1
  const own = new Set((world.account.offers.get(opportunity.id) ?? []).map((offer) => offer.id))
  requisition.offerIds = requisition.offerIds.filter((offerId) => !own.has(offerId))
  opportunity.application.requisitionForHire = { id, requisitionCode, hiringManagerOnHire: hiringManager }
}

export function giveBackHire(world: World, opportunity: Opportunity): void {
  const hire = opportunity.application?.requisitionForHire
  if (!opportunity.application || !hire) return
  opportunity.application.requisitionForHire = null
  const requisition = world.account.requisitions.get(hire.id)
  if (requisition) requisition.headcountHired = Math.max(0, requisition.headcountHired - 1)
}

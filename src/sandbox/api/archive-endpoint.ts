/** `PUT /opportunities/:id/archived`: archives, hires against a requisition, and unarchives. */
import { z } from 'zod'
import { archive, unarchive } from '../actions/change-opportunity.ts'
import { cancelComingInterviews } from '../actions/change-panel.ts'
import type { Opportunity, Requisition } from '../account/records.ts'
import { blankAnswer } from './blank-answer.ts'
import { parseBody, performAs, type ApiAnswer, type ApiCall, type Endpoint } from './endpoint.ts'
import { badRequest } from './lever-error.ts'
import { opportunityOf } from './opportunity-of.ts'
import { plainBody } from './request-body.ts'

export const archiveEndpoint: Endpoint = {
  method: 'PUT',
  path: '/opportunities/:id/archived',
  permission: 'Update opportunity archived state',
  scope: 'opportunities:write:admin',
  handle: putArchived,
}

const ArchivedBody = z.object({
  reason: z.string().nullable(),
  cleanInterviews: z.boolean().default(false),
  requisitionId: z.string().nullish(),
})

function putArchived(call: ApiCall): ApiAnswer {
  const { world } = call
  const opportunity = opportunityOf(call)
  performAs(call, 'optional')
  const body = parseBody(ArchivedBody, plainBody(call.body))
  if (body.reason === null) {
    unarchive(world, opportunity)
    return blankAnswer(call, opportunity)
  }
  const reason = world.account.archiveReasons.find(({ id }) => id === body.reason)
  if (!reason) throw badRequest(`reason: ${body.reason} was not found`)
  if (body.requisitionId && reason.type !== 'hired') throw badRequest('requisitionId is allowed with a reason of type hired only')
  const requisition = body.requisitionId ? requisitionForHire(call, body.requisitionId, opportunity) : null
  if (body.cleanInterviews) cancelComingInterviews(world, opportunity)
  archive(world, opportunity, reason, requisition)
  return blankAnswer(call, opportunity)
}

/**
 * Checks that the requisition is not closed, that there is an application, and that an offer, if any, is signed and belongs to a posting
 * linked to the requisition (Lever's API documentation; the status is assumed).
 */
function requisitionForHire(call: ApiCall, id: string, opportunity: Opportunity): Requisition {
  const { account } = call.world
  const requisition = account.requisitions.get(id)
  if (!requisition) throw badRequest(`requisitionId: ${id} was not found`)
  if (requisition.status === 'closed') throw badRequest('requisitionId: the requisition is closed')
  if (!opportunity.application) throw badRequest('requisitionId: the opportunity has no application')
  for (const offer of (account.offers.get(opportunity.id) ?? []).filter(({ status }) => status !== 'denied')) {
    if (offer.status !== 'signed') throw badRequest('requisitionId: the offer is not signed')
    if (!requisition.postings.includes(offer.posting ?? '')) throw badRequest('requisitionId: the posting of the offer is not linked to it')
  }
  return requisition
}

import { z } from 'zod'
import { addWords, archive, moveToStage, removeWords, unarchive, type WordList } from '../actions/change-opportunity.ts'
import { changeContact } from '../actions/change-contact.ts'
import type { Contact, Opportunity, Requisition } from '../account/records.ts'
import { createOpportunityEndpoint } from './create-opportunity-endpoint.ts'
import { inRange, msParameter, ok, parseBody, performAs, type ApiAnswer, type ApiCall, type Endpoint } from './endpoint.ts'
import { badRequest, LeverError, notFound } from './lever-error.ts'
import { listOpportunities } from './opportunity-list.ts'
import { opportunityOf } from './opportunity-of.ts'
import { applicationJson, opportunityExpansions, opportunityJson } from './opportunity-shape.ts'
import { pageOf } from './paging.ts'
import { plainBody } from './request-body.ts'
import { select } from './selection.ts'

const READ = 'opportunities:read:admin'
const WRITE = 'opportunities:write:admin'
const APPLICATIONS = 'applications:read:admin'

export const opportunityEndpoints: Endpoint[] = [
  { method: 'GET', path: '/opportunities', permission: 'List all opportunities', scope: READ, handle: listOpportunities },
  { method: 'GET', path: '/opportunities/deleted', permission: 'List all opportunities', scope: READ, handle: listDeleted },
  createOpportunityEndpoint,
  { method: 'GET', path: '/opportunities/:id', permission: 'Retrieve a single opportunity', scope: READ, handle: oneOpportunity },
  { method: 'PUT', path: '/opportunities/:id/stage', permission: 'Update opportunity stage', scope: WRITE, handle: putStage },
  {
    method: 'PUT',
    path: '/opportunities/:id/archived',
    permission: 'Update opportunity archived state',
    scope: WRITE,
    handle: putArchived,
  },
  {
    method: 'POST',
    path: '/opportunities/:id/addLinks',
    permission: 'Update opportunity links',
    scope: WRITE,
    handle: (call) => changeLinks(call, 'add'),
  },
  {
    method: 'POST',
    path: '/opportunities/:id/removeLinks',
    permission: 'Update opportunity links',
    scope: WRITE,
    handle: (call) => changeLinks(call, 'remove'),
  },
  {
    method: 'POST',
    path: '/opportunities/:id/addTags',
    permission: 'Update opportunity tags',
    scope: WRITE,
    handle: (call) => changeWords(call, 'tags', addWords),
  },
  {
    method: 'POST',
    path: '/opportunities/:id/removeTags',
    permission: 'Update opportunity tags',
    scope: WRITE,
    handle: (call) => changeWords(call, 'tags', removeWords),
  },
  {
    method: 'POST',
    path: '/opportunities/:id/addSources',
    permission: 'Update opportunity sources',
    scope: WRITE,
    handle: (call) => changeWords(call, 'sources', addWords),
  },
  {
    method: 'POST',
    path: '/opportunities/:id/removeSources',
    permission: 'Update opportunity sources',
    scope: WRITE,
    handle: (call) => changeWords(call, 'sources', removeWords),
  },
  {
    method: 'GET',
    path: '/opportunities/:id/applications',
    permission: 'List all opportunity applications',
    scope: APPLICATIONS,
    handle: listApplications,
  },
  {
    method: 'GET',
    path: '/opportunities/:id/applications/:application',
    permission: 'Retrieve a single opportunity application',
    scope: APPLICATIONS,
    handle: oneApplication,
  },
]

function oneOpportunity(call: ApiCall): ApiAnswer {
  const opportunity = opportunityOf(call)
  return ok(select(call.query, opportunityJson(call.world, opportunity, 'read'), opportunityExpansions(call.world, opportunity)))
}

const THIRTY_DAYS_MS = 30 * 24 * 3_600_000

/** Whether the range is limited as that of `/applications/deleted` is, is not known. */
function checkDeletedRange({ query, world }: ApiCall): void {
  const { deletedList } = world.settings.answers
  if (deletedList === 'anyRange') return
  if (deletedList === 403) throw new LeverError(403, 'No permission to list deleted opportunities')
  const [from, to] = [msParameter(query, 'deleted_at_start'), msParameter(query, 'deleted_at_end')]
  if (from === null || to === null || to - from > THIRTY_DAYS_MS) throw badRequest('deleted_at: a range of at most 30 days is required')
}

function listDeleted(call: ApiCall): ApiAnswer {
  checkDeletedRange(call)
  const within = inRange(call.query, 'deleted_at')
  const deleted = call.world.account.deletedOpportunities.filter((record) => within?.(record.deletedAt) ?? true)
  return pageOf(
    call,
    deleted,
    (record) => [record.deletedAt, record.id],
    ({ id, deletedBy, deletedAt }) => ({ id, deletedBy, deletedAt }),
  )
}

function putStage(call: ApiCall): ApiAnswer {
  const opportunity = opportunityOf(call)
  const user = performAs(call, 'optional')
  const body = parseBody(z.object({ stage: z.string() }), plainBody(call.body))
  const stage = call.world.account.stages.find(({ id }) => id === body.stage)
  if (!stage) throw badRequest(`stage: ${body.stage} was not found`)
  moveToStage(call.world, opportunity, stage, user?.id ?? null)
  return blankAnswer(call, opportunity)
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
  const requisition = body.requisitionId ? openRequisition(call, body.requisitionId, reason.type === 'hired') : null
  archive(world, opportunity, reason, requisition)
  return blankAnswer(call, opportunity)
}

/** Only with a hired reason, and not a closed one (Lever's API documentation; the status is assumed). */
function openRequisition(call: ApiCall, id: string, hired: boolean): Requisition {
  if (!hired) throw badRequest('requisitionId is allowed with a reason of type hired only')
  const requisition = call.world.account.requisitions.get(id)
  if (!requisition) throw badRequest(`requisitionId: ${id} was not found`)
  if (requisition.status === 'closed') throw badRequest('requisitionId: the requisition is closed')
  return requisition
}

function changeWords(call: ApiCall, list: WordList, change: typeof addWords): ApiAnswer {
  const opportunity = opportunityOf(call)
  performAs(call, 'optional')
  const body = parseBody(z.object({ [list]: z.array(z.string()) }), plainBody(call.body))
  change(call.world, opportunity, list, body[list] ?? [])
  return blankAnswer(call, opportunity)
}

/** Links belong to the contact; this answer comes in full (recorded). */
function changeLinks(call: ApiCall, how: 'add' | 'remove'): ApiAnswer {
  const { world } = call
  const opportunity = opportunityOf(call)
  performAs(call, 'optional')
  const { links } = parseBody(z.object({ links: z.array(z.string()) }), plainBody(call.body))
  const contact = world.account.contacts.get(opportunity.contact) as Contact
  const changed = how === 'add' ? [...new Set([...contact.links, ...links])] : contact.links.filter((link) => !links.includes(link))
  changeContact(world, contact, { links: changed })
  return ok(opportunityJson(world, opportunity, 'written'), opportunity.id)
}

function blankAnswer(call: ApiCall, opportunity: Opportunity): ApiAnswer {
  const view = call.world.settings.answers.writeAnswers === 'blank' ? 'blank' : 'written'
  return ok(opportunityJson(call.world, opportunity, view), opportunity.id)
}

function listApplications(call: ApiCall): ApiAnswer {
  const opportunity = opportunityOf(call)
  const applications = opportunity.application ? [opportunity.application] : []
  return pageOf(
    call,
    applications,
    (application) => [application.id],
    (application) => applicationJson(opportunity, application),
  )
}

function oneApplication(call: ApiCall): ApiAnswer {
  const opportunity = opportunityOf(call)
  const { application } = opportunity
  if (!application || application.id !== call.params['application']) throw notFound('applications', call.params['application'] ?? '')
  return ok(applicationJson(opportunity, application))
}

import { z } from 'zod'
import { addWords, moveToStage, removeWords, type WordList } from '../actions/change-opportunity.ts'
import { changeContact } from '../actions/change-contact.ts'
import type { Contact } from '../account/records.ts'
import { archiveEndpoint } from './archive-endpoint.ts'
import { blankAnswer } from './blank-answer.ts'
import { createOpportunityEndpoint } from './create-opportunity-endpoint.ts'
import { inRange, msParameter, ok, parseBody, performAs, type ApiAnswer, type ApiCall, type Endpoint } from './endpoint.ts'
import { badRequest, LeverError } from './lever-error.ts'
import { listOpportunities } from './opportunity-list.ts'
import { opportunityOf } from './opportunity-of.ts'
import { opportunityExpansions, opportunityJson } from './opportunity-shape.ts'
import { pageOf } from './paging.ts'
import { plainBody } from './request-body.ts'
import { select } from './selection.ts'

const READ = 'opportunities:read:admin'
const WRITE = 'opportunities:write:admin'

export const opportunityEndpoints: Endpoint[] = [
  { method: 'GET', path: '/opportunities', permission: 'List all opportunities', scope: READ, handle: listOpportunities },
  { method: 'GET', path: '/opportunities/deleted', permission: 'List all opportunities', scope: READ, handle: listDeleted },
  createOpportunityEndpoint,
  { method: 'GET', path: '/opportunities/:id', permission: 'Retrieve a single opportunity', scope: READ, handle: oneOpportunity },
  { method: 'PUT', path: '/opportunities/:id/stage', permission: 'Update opportunity stage', scope: WRITE, handle: putStage },
  archiveEndpoint,
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
]

function oneOpportunity(call: ApiCall): ApiAnswer {
  const opportunity = opportunityOf(call)
  return ok(select(call.query, opportunityJson(call.world, opportunity, 'read'), opportunityExpansions(call.world, opportunity)))
}

const THIRTY_DAYS_MS = 30 * 24 * 3_600_000

/** It is unknown whether the range has the same limit as that of `/applications/deleted`. */
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

function changeWords(call: ApiCall, list: WordList, change: typeof addWords): ApiAnswer {
  const opportunity = opportunityOf(call)
  performAs(call, 'optional')
  const body = parseBody(z.object({ [list]: z.array(z.string()) }), plainBody(call.body))
  change(call.world, opportunity, list, body[list] ?? [])
  return blankAnswer(call, opportunity)
}

/** Links belong to the contact; this answer has all fields (recorded). */
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

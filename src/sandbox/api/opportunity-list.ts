/** `GET /opportunities`: every documented filter, in Lever's order, page by page. */
import { isSameEmail } from '../account/contact-store.ts'
import type { Contact, Opportunity } from '../account/records.ts'
import type { ListPosition } from '../account/opportunity-store.ts'
import type { World } from '../world.ts'
import { confidentialityFilter } from './confidential.ts'
import { flag, inRange, type ApiAnswer, type ApiCall } from './endpoint.ts'
import { opportunityExpansions, opportunityJson } from './opportunity-shape.ts'
import { emailParameters } from './email-parameters.ts'
import { badOffset, listAnswer, readLimit, readOffset } from './paging.ts'
import { select } from './selection.ts'

type Filter = (opportunity: Opportunity) => boolean

export function listOpportunities(call: ApiCall): ApiAnswer {
  const { query, world } = call
  const limit = readLimit(call)
  const filters = [confidentialityFilter(call), searchable(world), ...fieldFilters(query), ...timeFilters(query), ...stateFilters(call)]
  const page: Opportunity[] = []
  let next: ListPosition | null = null
  for (const opportunity of inOrder(call, (one) => filters.every((matches) => matches(one)))) {
    if (!filters.every((matches) => matches(opportunity))) continue
    if (page.length === limit) {
      next = positionIn(call, opportunity)
      break
    }
    page.push(opportunity)
  }
  const data = page.map((opportunity) =>
    select(query, opportunityJson(world, opportunity, 'read'), opportunityExpansions(world, opportunity)),
  )
  return listAnswer(data, next)
}

/** Starts at the paging token; with an email or contact filter, reads only that person's opportunities. */
function inOrder(call: ApiCall, matches: Filter): Iterable<Opportunity> {
  const { opportunities } = call.world.account
  const position = readPosition(call)
  const ids = contactsAskedFor(call)
  if (ids === null && !isNewestFirst(call)) return opportunities.inListOrder(position)
  const chosen = ids === null ? [...opportunities.values()].filter(matches) : ids.flatMap((id) => opportunities.ofContact(id))
  const places = chosen.map((opportunity) => ({ opportunity, position: positionIn(call, opportunity) }))
  return places
    .filter((place) => !position || comparePositions(place.position, position) >= 0)
    .toSorted((a, b) => comparePositions(a.position, b.position))
    .map((place) => place.opportunity)
}

/** Null if neither `email` nor `contact_id` is given. */
function contactsAskedFor(call: ApiCall): string[] | null {
  const contactIds = call.query.getAll('contact_id')
  const emails = emailParameters(call)
  if (emails.length === 0 && contactIds.length === 0) return null
  const byEmail = emails.length === 0 ? null : new Set(emails.flatMap((email) => contactsWith(call.world, email)).map(({ id }) => id))
  return contactIds.length === 0 ? [...(byEmail ?? [])] : [...new Set(contactIds)].filter((id) => byEmail?.has(id) ?? true)
}

/** Searches all addresses of the contact (assumed). */
function contactsWith({ account, settings }: World, email: string): Contact[] {
  const { opportunityEmail, canonicalEmail: form } = settings.answers
  const found = account.contacts.withEmail(email, form)
  if (opportunityEmail === 'anyAddress') return found
  return found.filter(({ emails }) => emails[0] !== undefined && isSameEmail(emails[0], email, form))
}

const ORDINARY = new Set(['limit', 'offset', 'include', 'expand', 'confidentiality'])

/** The order without filters is recorded; with filters it is assumed. */
function isNewestFirst({ query, world }: ApiCall): boolean {
  return world.settings.answers.filteredOrder === 'newestFirst' && [...query.keys()].some((name) => !ORDINARY.has(name))
}

function positionIn(call: ApiCall, opportunity: Opportunity): ListPosition {
  return isNewestFirst(call) ? [0, opportunity.createdAt, opportunity.id] : call.world.account.opportunities.positionOf(opportunity)
}

function comparePositions(a: ListPosition, b: ListPosition): number {
  return a[0] - b[0] || b[1] - a[1] || (a[2] < b[2] ? -1 : Number(a[2] > b[2]))
}

function readPosition(call: ApiCall): ListPosition | undefined {
  const offset = readOffset(call)
  if (!offset) return undefined
  const [rank, lastAdvancedAt, id] = offset
  if (typeof rank !== 'number' || typeof lastAdvancedAt !== 'number' || typeof id !== 'string') throw badOffset(call.world)
  return [rank, lastAdvancedAt, id]
}

/** Repeats of one filter are OR, different filters AND (Lever's API documentation). */
function fieldFilters(query: URLSearchParams): Filter[] {
  const values: Record<string, (opportunity: Opportunity) => (string | null)[]> = {
    tag: (opportunity) => opportunity.tags,
    origin: (opportunity) => [opportunity.origin],
    source: (opportunity) => opportunity.sources,
    stage_id: (opportunity) => [opportunity.stage],
    archive_reason_id: (opportunity) => [opportunity.archived?.reason ?? null],
    location: (opportunity) => [opportunity.opportunityLocation],
    posting_id: ({ application }) => [application && !application.archived ? application.posting : null],
    archived_posting_id: ({ application }) => [application?.archived ? application.posting : null],
  }
  return Object.entries(values).flatMap(([name, valuesOf]) => {
    const wanted = new Set(query.getAll(name))
    return wanted.size === 0
      ? []
      : [(opportunity: Opportunity) => valuesOf(opportunity).some((value) => value !== null && wanted.has(value))]
  })
}

function timeFilters(query: URLSearchParams): Filter[] {
  const times: Record<string, (opportunity: Opportunity) => number | null> = {
    created_at: (opportunity) => opportunity.createdAt,
    updated_at: (opportunity) => opportunity.updatedAt,
    advanced_at: (opportunity) => opportunity.lastAdvancedAt,
    archived_at: (opportunity) => opportunity.archived?.archivedAt ?? null,
  }
  return Object.entries(times).flatMap(([name, timeOf]) => {
    const within = inRange(query, name)
    return within ? [(opportunity: Opportunity) => within(timeOf(opportunity))] : []
  })
}

function stateFilters(call: ApiCall): Filter[] {
  const archived = flag(call.query, 'archived')
  const snoozed = flag(call.query, 'snoozed')
  const now = call.world.now()
  return [
    ...(archived === null ? [] : [(opportunity: Opportunity) => (opportunity.archived !== null) === archived]),
    ...(snoozed === null ? [] : [(opportunity: Opportunity) => (opportunity.snoozedUntil ?? 0) > now === snoozed]),
  ]
}

function searchable(world: World): Filter {
  const now = world.now()
  return (opportunity) => opportunity.searchableAt <= now
}

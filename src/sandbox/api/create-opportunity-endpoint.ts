/** `POST /opportunities`: Lever's checks before it creates the record. */
import { createOpportunity, type NewOpportunity } from '../actions/create-opportunity.ts'
import { storeFile } from '../actions/store-file.ts'
import type { Archived, Contact, Posting, User } from '../account/records.ts'
import type { World } from '../world.ts'
import { activeUser, created, flag, performAs, type ApiAnswer, type ApiCall, type Endpoint } from './endpoint.ts'
import { badRequest, LeverError } from './lever-error.ts'
import { readOpportunityInput, type OpportunityInput } from './opportunity-input.ts'
import { opportunityJson } from './opportunity-shape.ts'
import { checkedFile } from './upload-input.ts'

export const createOpportunityEndpoint: Endpoint = {
  method: 'POST',
  path: '/opportunities',
  permission: 'Create an opportunity',
  scope: 'opportunities:write:admin',
  handle: create,
}

function create(call: ApiCall): ApiAnswer {
  const { world, query } = call
  const user = performAs(call, 'required') as User
  const { input, resume, files } = readOpportunityInput(call.body, world.settings.answers.formNames)
  for (const file of [...(resume ? [resume] : []), ...files]) checkedFile(file)
  const fields = checkInput(call, input, user)
  if (flag(query, 'perform_as_posting_owner')) {
    if (!fields.posting) throw badRequest('perform_as_posting_owner needs exactly one posting')
    fields.owner = fields.posting.owner ?? user.id
  }
  const { opportunity, deduped } = createOpportunity(world, fields, user)
  if (resume) storeFile(world, opportunity, 'resume', resume, user.id)
  for (const file of files) storeFile(world, opportunity, 'file', file, user.id)
  const data = { ...opportunityJson(world, opportunity, 'written'), id: opportunity.id }
  return created(data, { deduped })
}

function checkInput(call: ApiCall, input: OpportunityInput, user: User): NewOpportunity {
  const { world } = call
  const posting = onePosting(call, input.postings)
  const stage = input.stage ?? 'lead-new'
  if (!world.account.stages.some(({ id }) => id === stage)) throw badRequest(`stage: ${stage} was not found`)
  if (input.createdAt && input.createdAt > world.now()) throw badRequest('createdAt must be in the past')
  for (const follower of input.followers) activeUser(world, follower, 'followers')
  return {
    name: input.name ?? '',
    headline: input.headline ?? '',
    location: input.location ?? '',
    stage,
    phones: input.phones.map(({ value, type }) => ({ type: type ?? null, value })),
    emails: input.emails,
    links: input.links,
    tags: input.tags,
    sources: input.sources.map((source) => filedSource(world, source)),
    origin: input.origin ?? world.settings.answers.originOmitted,
    owner: input.owner ? activeUser(world, input.owner, 'owner').id : user.id,
    followers: input.followers,
    posting,
    createdAt: input.createdAt ?? null,
    archived: archivedFrom(world, input),
    contact: contactFrom(world, input),
    opportunityLocation: locationFrom(input, posting),
  }
}

/** At most one; a draft is accepted (recorded). A posting that the caller cannot see counts as missing. */
function onePosting(call: ApiCall, ids: string[]): Posting | null {
  const [id, ...more] = ids
  const { severalPostings, closedPosting } = call.world.settings.answers
  if (more.length > 0) throw new LeverError(severalPostings, 'postings: at most one posting is allowed')
  if (id === undefined) return null
  const posting = call.world.account.postings.get(id)
  if (!posting || (posting.confidentiality === 'confidential' && !call.credential.confidential))
    throw badRequest(`postings: ${id} was not found`)
  if (posting.state === 'closed' && closedPosting !== 'taken') throw badRequest(`postings: ${id} is closed`)
  return posting
}

/** Returns the known spelling if Lever uses it. */
function filedSource({ account, settings }: World, source: string): string {
  if (settings.answers.sourceSpelling === 'kept') return source
  const folded = source.trim().toLowerCase()
  const known = [...account.sourceNames, ...[...account.opportunities.values()].flatMap(({ sources }) => sources)]
  return known.find((name) => name.trim().toLowerCase() === folded) ?? source
}

/** Ignored without a reason; `archivedAt` needs an earlier `createdAt` (Lever's API documentation). */
function archivedFrom(world: World, input: OpportunityInput): Archived | null {
  const reason = input.archived?.reason
  if (!reason) return null
  if (!world.account.archiveReasons.some(({ id }) => id === reason)) throw badRequest(`archived.reason: ${reason} was not found`)
  const archivedAt = input.archived?.archivedAt
  if (!archivedAt) return { reason, archivedAt: world.now() }
  if (!input.createdAt || archivedAt < input.createdAt) throw badRequest('archived.archivedAt needs an earlier createdAt')
  return { reason, archivedAt }
}

function contactFrom(world: World, input: OpportunityInput): Contact | null {
  if (!input.contact) return null
  const contact = world.account.contacts.get(input.contact)
  if (!contact || contact.isAnonymized) throw badRequest(`contact: ${input.contact} was not found`)
  return contact
}

function locationFrom(input: OpportunityInput, posting: Posting | null): string | null {
  const location = input.opportunityLocation
  if (!location) return null
  if (!posting?.categories.allLocations.includes(location))
    throw badRequest(`opportunityLocation: ${location} is not a location of the posting`)
  return location
}

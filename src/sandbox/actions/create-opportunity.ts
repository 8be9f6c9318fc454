/** Creates an opportunity, by the API or by a person in the UI, with its contact, application and events. */
import { postingTags } from '../account/posting-tags.ts'
import type { Application, Archived, Contact, Opportunity, Origin, Phone, Posting, Submission, User } from '../account/records.ts'
import { newId } from '../ids.ts'
import type { World } from '../world.ts'

/** Already checked: every id in it exists. */
export interface NewOpportunity {
  name: string
  headline: string
  location: string
  stage: string
  phones: Phone[]
  emails: string[]
  links: string[]
  tags: string[]
  sources: string[]
  origin: Origin
  owner: string | null
  followers: string[]
  posting: Posting | null
  createdAt: number | null
  archived: Archived | null
  contact: Contact | null
  opportunityLocation: string | null
  /** from an applicant who used the posting's form */
  submission?: Submission
}

/** `deduped`: the opportunity belongs to a contact that already existed. `by` is null for an applicant. */
export function createOpportunity(world: World, fields: NewOpportunity, by: User | null): { opportunity: Opportunity; deduped: boolean } {
  const known = fields.contact ?? findContact(world, fields.emails)
  const contact = known ?? addContact(world, fields)
  if (known) addToContact(world, known, fields)
  const opportunity = newRecord(world, fields, contact, by)
  world.account.opportunities.add(opportunity)
  if (opportunity.application || world.settings.answers.generalApplication === 'event') emitApplicationCreated(world, opportunity)
  world.changed()
  return { opportunity, deduped: known !== null }
}

/** Matches any of the addresses; an anonymized contact is never linked (Lever's API documentation). */
function findContact(world: World, emails: string[]): Contact | null {
  const form = world.settings.answers.canonicalEmail
  return emails.flatMap((email) => world.account.contacts.withEmail(email, form)).find((contact) => !contact.isAnonymized) ?? null
}

function addContact(world: World, fields: NewOpportunity): Contact {
  const { name, headline, location, emails, phones, links } = fields
  const contact: Contact = {
    id: newId(),
    name,
    headline,
    location,
    emails,
    phones,
    links,
    isAnonymized: false,
    createdAt: fields.createdAt ?? world.now(),
  }
  world.account.contacts.add(contact)
  world.emit({ event: 'contactCreated', data: { contactId: contact.id }, opportunity: null })
  return contact
}

/**
 * The contact's own values win; addresses, phones and links that it lacks are added (documented for `contact`, assumed for a link by
 * email).
 */
function addToContact(world: World, contact: Contact, fields: NewOpportunity): void {
  const lacking = <T>(own: T[], given: T[], key: (value: T) => string): T[] =>
    given.filter((value) => !own.some((other) => key(other) === key(value)))
  const emails = lacking(contact.emails, fields.emails, (email) => email.toLowerCase())
  const phones = lacking(contact.phones, fields.phones, (phone) => phone.value)
  const links = lacking(contact.links, fields.links, (link) => link)
  if (emails.length + phones.length + links.length === 0) return
  world.account.contacts.change(contact, {
    emails: [...contact.emails, ...emails],
    phones: [...contact.phones, ...phones],
    links: [...contact.links, ...links],
  })
  world.emit({ event: 'contactUpdated', data: { contactId: contact.id }, opportunity: null })
}

function newRecord(world: World, fields: NewOpportunity, contact: Contact, by: User | null): Opportunity {
  const now = world.now()
  const createdAt = fields.createdAt ?? now
  const { posting } = fields
  return {
    id: newId(),
    contact: contact.id,
    stage: fields.stage,
    confidentiality: posting?.confidentiality ?? 'non-confidential',
    archived: fields.archived,
    tags: unique([...fields.tags, ...(posting ? postingTags(posting) : [])]),
    sources: unique(fields.sources),
    stageChanges: [
      {
        toStageId: fields.stage,
        toStageIndex: world.account.stages.findIndex(({ id }) => id === fields.stage),
        updatedAt: createdAt,
        ...(by ? { userId: by.id } : {}),
      },
    ],
    origin: fields.origin,
    sourcedBy: by?.id ?? null,
    owner: fields.owner,
    followers: unique([...fields.followers, ...(posting?.followers ?? (by ? [by.id] : []))]),
    application: posting ? newApplication(posting, by, createdAt, fields) : null,
    createdAt,
    updatedAt: now,
    lastInteractionAt: now,
    lastAdvancedAt: createdAt,
    snoozedUntil: null,
    opportunityLocation: posting ? (fields.opportunityLocation ?? onlyLocation(posting)) : null,
    searchableAt: now + world.settings.searchLagMs,
  }
}

/** "unspecified" if the posting has several (Lever's API documentation). */
function onlyLocation(posting: Posting): string {
  const { allLocations } = posting.categories
  return allLocations.length === 1 ? (allLocations[0] as string) : 'unspecified'
}

function newApplication(posting: Posting, by: User | null, createdAt: number, { archived, submission }: NewOpportunity): Application {
  return {
    id: newId(),
    type: submission ? 'posting' : 'user',
    posting: posting.id,
    postingOwner: posting.owner,
    postingHiringManager: posting.hiringManager,
    user: by?.id ?? null,
    createdAt,
    archived,
    requisitionForHire: null,
    submission: submission ?? null,
  }
}

/** For a general opportunity, the event has an id that no record has. */
function emitApplicationCreated(world: World, opportunity: Opportunity): void {
  const applicationId = opportunity.application?.id ?? newId()
  const data = { applicationId, opportunityId: opportunity.id, candidateId: opportunity.id, contactId: opportunity.contact }
  world.emit({ event: 'applicationCreated', data, opportunity })
}

function unique<T>(values: T[]): T[] {
  return [...new Set(values)]
}

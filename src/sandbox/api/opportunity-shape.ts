/** The shape of opportunities, applications and contacts in answers (recorded answers, field by field). */
import type { Application, Contact, Opportunity } from '../account/records.ts'
import type { World } from '../world.ts'

/**
 * `read`: the whole record. `written`: the answer to a create, without `opportunityLocation`. `blank`: the answers to stage, archived, tags
 * and sources, where the contact's fields are empty.
 */
export type OpportunityView = 'read' | 'written' | 'blank'

export function opportunityJson(world: World, opportunity: Opportunity, view: OpportunityView): Record<string, unknown> {
  const contact = world.account.contacts.get(opportunity.contact) as Contact
  const { application, searchableAt: _, opportunityLocation, ...own } = opportunity
  return {
    ...own,
    ...(view === 'blank' ? BLANK : contactFields(contact)),
    location: contact.location,
    applications: application ? [application.id] : [],
    urls: { list: `${world.urls.url}/candidates`, show: `${world.urls.url}/candidates/${opportunity.id}` },
    isAnonymized: contact.isAnonymized,
    dataProtection: null,
    ...(view === 'read' && opportunityLocation !== null ? { opportunityLocation } : {}),
  }
}

const BLANK = { name: '', headline: '', phones: [], emails: [], links: [] }

function contactFields({ name, headline, phones, emails, links }: Contact): Record<string, unknown> {
  return { name, headline, phones, emails, links }
}

export function applicationJson(opportunity: Opportunity, application: Application): Record<string, unknown> {
  const { submission } = application
  return {
    id: application.id,
    type: application.type,
    candidateId: opportunity.id,
    opportunityId: opportunity.id,
    posting: application.posting,
    postingHiringManager: application.postingHiringManager,
    postingOwner: application.postingOwner,
    name: submission?.name ?? null,
    company: submission?.company ?? null,
    phone: submission?.phone ? { type: null, value: submission.phone } : null,
    email: submission?.email ?? null,
    links: submission?.links ?? [],
    comments: submission?.comments ?? null,
    user: application.user,
    customQuestions: submission?.customQuestions ?? [],
    createdAt: application.createdAt,
    archived: application.archived,
    requisitionForHire: application.requisitionForHire,
    ipAddress: submission?.ipAddress ?? null,
    referer: null,
    userAgent: null,
    acceptLanguage: null,
    timezone: null,
  }
}

/** The answer to a PUT lacks `isAnonymized` and `dataProtection` (recorded). */
export function contactJson(contact: Contact, view: 'read' | 'written'): Record<string, unknown> {
  const { id, name, headline, location, emails, phones } = contact
  const written = { id, name, headline, location: { name: location }, emails, phones }
  if (view === 'written') return written
  return { ...written, isAnonymized: contact.isAnonymized, dataProtection: { interviewIntelligence: { allowed: true, expiresAt: null } } }
}

/** Returns the objects that each documented value of `expand` puts in place of ids. */
export function opportunityExpansions(world: World, opportunity: Opportunity): Record<string, () => unknown> {
  const { users, stages, contacts } = world.account
  const user = (id: string | null): unknown => (id ? (users.get(id) ?? null) : null)
  return {
    applications: () => (opportunity.application ? [applicationJson(opportunity, opportunity.application)] : []),
    stage: () => {
      const stage = stages.find(({ id }) => id === opportunity.stage)
      return stage ? { id: stage.id, text: stage.text } : null
    },
    owner: () => user(opportunity.owner),
    sourcedBy: () => user(opportunity.sourcedBy),
    followers: () => opportunity.followers.map(user),
    contact: () => contactJson(contacts.get(opportunity.contact) as Contact, 'read'),
  }
}

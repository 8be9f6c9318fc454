/** Fields of requisitions, interviews and offers of the sample account. */
import type { Offer, RequisitionField } from '../account/hiring-records.ts'
import { offerFields } from '../account/offer-fields.ts'
import type { Interview, Panel } from '../account/interview-records.ts'
import type { Contact, Opportunity, Posting, Requisition, User } from '../account/records.ts'
import type { SeededRandom, Streams } from './random.ts'
import { SEED_TIME } from './seed-company.ts'

const DAY_MS = 86_400_000

export interface SeededPeople {
  users: User[]
  postings: Posting[]
  requisitions: Requisition[]
  contacts: Contact[]
  opportunities: Opportunity[]
}

export function seedRequisitionFields(): RequisitionField[] {
  return [
    { id: 'cost_center', text: 'Cost Center', type: 'text', isRequired: false },
    { id: 'rec_start_date', text: 'Recruiting Start Date', type: 'date', isRequired: false },
    { id: 'target_hire_date', text: 'Target Hire Date', type: 'date', isRequired: false },
  ]
}

const OFFER_STATUSES: Offer['status'][] = ['signed', 'sent', 'draft', 'approved', 'denied', 'opened', 'approval-sent', 'sent-manually']

/**
 * One offer in each status, on candidacies in the last stage. The signed one comes first, on a candidacy with a requisition to hire
 * against.
 */
export function seedOffers(streams: Streams, people: SeededPeople): Offer[] {
  const random = streams('offers')
  const atOffer = people.opportunities.filter(({ stage, application }) => stage === 'offer' && application)
  const hireable = atOffer.toSorted((a, b) => Number(requisitionOf(people, b) !== null) - Number(requisitionOf(people, a) !== null))
  return hireable.slice(0, OFFER_STATUSES.length).map((opportunity, index) => {
    const offer = sampleOffer(random, people, opportunity, OFFER_STATUSES[index] as Offer['status'])
    const requisition = requisitionOf(people, opportunity)
    if (requisition && offer.status !== 'denied') requisition.offerIds.push(offer.id)
    return offer
  })
}

function sampleOffer(random: SeededRandom, people: SeededPeople, opportunity: Opportunity, status: Offer['status']): Offer {
  const posting = people.postings.find(({ id }) => id === opportunity.application?.posting) as Posting
  const contact = people.contacts.find(({ id }) => id === opportunity.contact) as Contact
  const manager = people.users.find(({ id }) => id === posting.hiringManager)
  const requisition = requisitionOf(people, opportunity)
  const startDate = SEED_TIME + 60 * DAY_MS
  const sentAt = ['signed', 'sent', 'denied', 'opened', 'sent-manually'].includes(status) ? SEED_TIME - 4 * DAY_MS : null
  const signed = status === 'signed'
  const document = (name: string, uploadedAt: number): Offer['sentDocument'] => ({ fileName: `${name} ${contact.name}.pdf`, uploadedAt })
  const signature = { role: 'candidate', name: contact.name, email: contact.emails[0] ?? null, firstOpenedAt: null, lastOpenedAt: null }
  return {
    id: random.uuid(),
    opportunity: opportunity.id,
    posting: posting.id,
    createdAt: SEED_TIME - 6 * DAY_MS,
    status,
    creator: opportunity.owner,
    fields: offerFields(contact, manager, { posting, requisition, salary: 140_000, currency: 'USD', startDate }, SEED_TIME - 6 * DAY_MS),
    approved: status === 'draft' || status === 'approval-sent' ? null : true,
    approvedAt: status === 'draft' || status === 'approval-sent' ? null : SEED_TIME - 5 * DAY_MS,
    sentAt,
    sentDocument: sentAt ? document('Offer', sentAt) : null,
    signedDocument: signed ? document('Signed offer', SEED_TIME - DAY_MS) : null,
    signatures: sentAt ? { candidate: { ...signature, signed, signedAt: signed ? SEED_TIME - DAY_MS : null } } : {},
  }
}

function requisitionOf({ requisitions }: SeededPeople, { application }: Opportunity): Requisition | null {
  return requisitions.find(({ postings, status }) => status !== 'closed' && postings.includes(application?.posting ?? '')) ?? null
}

/** Scheduled by people in Lever, so the API cannot change them: two interviews each, one of them in the past. */
export function seedPanels(streams: Streams, { opportunities, users }: SeededPeople, interviewStages: string[]): Panel[] {
  const random = streams('panels')
  const active = opportunities.filter(({ stage, archived }, index) => index > 0 && !archived && interviewStages.includes(stage))
  return active.slice(0, 6).map((opportunity, index) => {
    const by = users[index % 2] as User
    const start = SEED_TIME - 2 * DAY_MS
    return {
      id: random.uuid(),
      opportunity: opportunity.id,
      applications: opportunity.application ? [opportunity.application.id] : [],
      createdAt: SEED_TIME - 8 * DAY_MS,
      externallyManaged: false,
      externalUrl: null,
      feedbackReminder: 'daily',
      interviews: [
        sampleInterview(random, opportunity, by, 'Recruiter screen', start),
        sampleInterview(random, opportunity, users[4] as User, 'Technical interview', start + 400 * DAY_MS),
      ],
      note: null,
      stage: opportunity.stage,
      timezone: 'Europe/Lisbon',
      user: by.id,
    }
  })
}

function sampleInterview(random: SeededRandom, opportunity: Opportunity, interviewer: User, subject: string, date: number): Interview {
  return {
    id: random.uuid(),
    subject,
    note: null,
    interviewers: [{ id: interviewer.id, feedbackTemplate: 'no-feedback' }],
    createdAt: SEED_TIME - 8 * DAY_MS,
    date,
    duration: 45,
    location: null,
    feedbackTemplate: null,
    feedbackReminder: 'daily',
    user: interviewer.id,
    stage: opportunity.stage,
    canceledAt: null,
  }
}

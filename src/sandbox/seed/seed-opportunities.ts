/**
 * 300 candidacies of the sample account, some of the same person. Fields are missing as often as in a recorded account: 95 % have no
 * email, 96 % no `updatedAt`, 93 % no sourcer.
 */
import { postingTags } from '../account/posting-tags.ts'
import type { ArchiveReason, Contact, Note, Opportunity, Posting, Stage, User } from '../account/records.ts'
import type { SeededRandom, Streams } from './random.ts'
import { SEED_TIME } from './seed-company.ts'
import { CITIES, COMPANIES, FAMILY, GIVEN, PEOPLE, ROLES } from './seed-people.ts'

const OPPORTUNITIES = 300
const CONTACTS = 240
const DAY_MS = 86_400_000

interface Company {
  users: User[]
  stages: Stage[]
  archiveReasons: ArchiveReason[]
  postings: Posting[]
}

/** The first contact is Grace Hopper, whom the demonstration finds in Lever. */
export function seedContacts(streams: Streams): Contact[] {
  const random = streams('contacts')
  const grace = { name: 'Grace Hopper', ascii: 'grace.hopper' }
  return Array.from({ length: CONTACTS }, (_, index) => {
    const person = index === 0 ? grace : (PEOPLE[index - 1] ?? plainPerson(index))
    const createdAt = SEED_TIME - random.between(30, 900) * DAY_MS
    const emails = index === 0 ? ['grace.hopper@navy.example'] : [`${person.ascii}@mail.example`]
    if (index % 40 === 9) emails.push(`${person.ascii}@work.example`)
    return {
      id: random.uuid(),
      name: person.name,
      headline: index === 0 ? 'Rear Admiral, US Navy' : `${random.pick(ROLES)}, ${random.pick(COMPANIES)}`,
      location: index === 0 ? 'Arlington, VA' : random.pick(CITIES),
      emails: index === 0 || index % 20 === 9 ? emails : [],
      phones: random.chance(0.6)
        ? [{ type: random.pick(['mobile', 'home', 'other']), value: `55501${String(index).padStart(5, '0')}` }]
        : [],
      links: random.chance(0.7) ? [`https://profiles.example/in/${person.ascii.replace('.', '-')}`] : [],
      isAnonymized: false,
      createdAt,
    }
  })
}

function plainPerson(index: number): { name: string; ascii: string } {
  const given = GIVEN[index % GIVEN.length] as string
  const family = FAMILY[Math.floor(index / GIVEN.length + index * 7) % FAMILY.length] as string
  const plainFamily = family.replace('ß', 'ss').normalize('NFD').replaceAll(/\p{M}/gu, '')
  return { name: `${given} ${family}`, ascii: `${given}.${plainFamily}${index}`.toLowerCase() }
}

export function seedOpportunities(streams: Streams, company: Company, contacts: Contact[]): Opportunity[] {
  const random = streams('opportunities')
  return Array.from({ length: OPPORTUNITIES }, (_, index) => {
    if (index === 0) return graceHopper(random, company, contacts[0] as Contact)
    // more candidacies than contacts: some contacts have a second and a third
    const contact = contacts[index < CONTACTS ? index : 1 + ((index - CONTACTS) % 40)] as Contact
    return sampleOpportunity(random, company, contact, index)
  })
}

function sampleOpportunity(random: SeededRandom, company: Company, contact: Contact, index: number): Opportunity {
  const owner = random.pick(company.users.filter((user) => user.deactivatedAt === null && user.accessRole !== 'interviewer'))
  const posting = random.chance(0.7) ? random.pick(company.postings) : undefined
  const createdAt = Math.max(contact.createdAt, SEED_TIME - random.between(2, 600) * DAY_MS)
  const reached = random.pick([0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8])
  const lastAdvancedAt = Math.min(createdAt + reached * DAY_MS, SEED_TIME)
  const archived = archivedState(random, company.archiveReasons, index, lastAdvancedAt)
  const updatedAt = Math.max(lastAdvancedAt, archived?.archivedAt ?? 0) + 1000
  return {
    id: random.uuid(),
    contact: contact.id,
    stage: company.stages[reached]?.id as string,
    confidentiality: posting?.confidentiality ?? 'non-confidential',
    archived,
    tags: [...(random.chance(0.3) ? ['silver medalist'] : []), ...(posting ? postingTags(posting) : [])],
    sources: [random.pick(['LinkedIn', 'Added manually', 'Referral', 'GitHub', 'Job site'])],
    stageChanges: stageChanges(company.stages, reached, createdAt, lastAdvancedAt, index % 4 === 0 ? owner.id : null),
    origin: random.pick(['sourced', 'sourced', 'applied', 'referred', 'agency', 'university', 'internal']),
    sourcedBy: index % 14 === 0 ? owner.id : null,
    owner: random.chance(0.95) ? owner.id : null,
    followers: [owner.id],
    application: posting ? application(random, posting, owner.id, createdAt, archived) : null,
    createdAt,
    updatedAt: index % 25 === 0 ? updatedAt : null,
    lastInteractionAt: updatedAt - 1,
    lastAdvancedAt,
    snoozedUntil: index % 41 === 0 ? SEED_TIME + 300 * DAY_MS : null,
    opportunityLocation: posting?.categories.location ?? null,
    searchableAt: 0,
  }
}

function graceHopper(random: SeededRandom, company: Company, contact: Contact): Opportunity {
  const bo = company.users.find((user) => user.username === 'bo') as User
  const posting = company.postings[0] as Posting
  const createdAt = SEED_TIME - 20 * DAY_MS
  const lastAdvancedAt = SEED_TIME - 5 * DAY_MS
  return {
    id: random.uuid(),
    contact: contact.id,
    stage: company.stages[5]?.id as string,
    confidentiality: 'non-confidential',
    archived: null,
    tags: ['compilers', ...postingTags(posting)],
    sources: ['Referral'],
    stageChanges: stageChanges(company.stages, 5, createdAt, lastAdvancedAt, bo.id),
    origin: 'referred',
    sourcedBy: bo.id,
    owner: bo.id,
    followers: [bo.id],
    application: application(random, posting, bo.id, createdAt, null),
    createdAt,
    updatedAt: lastAdvancedAt + 1000,
    lastInteractionAt: lastAdvancedAt + 1000,
    lastAdvancedAt,
    snoozedUntil: null,
    opportunityLocation: posting.categories.location,
    searchableAt: 0,
  }
}

function archivedState(random: SeededRandom, reasons: ArchiveReason[], index: number, after: number): Opportunity['archived'] {
  const archivedAt = Math.min(after + DAY_MS, SEED_TIME)
  if (index % 29 === 7) return { reason: reasons[0]?.id as string, archivedAt }
  if (random.chance(0.25)) return { reason: reasons[random.between(1, reasons.length - 1)]?.id as string, archivedAt }
  return null
}

function stageChanges(stages: Stage[], reached: number, from: number, to: number, userId: string | null): Opportunity['stageChanges'] {
  const path = reached === 0 ? [0] : [0, reached]
  return path.map((stage, step) => ({
    toStageId: stages[stage]?.id as string,
    toStageIndex: stage,
    updatedAt: step === 0 ? from : to,
    ...(userId ? { userId } : {}),
  }))
}

function application(
  random: SeededRandom,
  posting: Posting,
  user: string,
  createdAt: number,
  archived: Opportunity['archived'],
): Opportunity['application'] {
  return {
    id: random.uuid(),
    type: 'user',
    posting: posting.id,
    postingOwner: posting.owner,
    postingHiringManager: posting.hiringManager,
    user,
    createdAt: createdAt + 1,
    archived,
    requisitionForHire: null,
    submission: null,
  }
}

/** A note on every seventh candidacy. */
export function seedNotes(streams: Streams, opportunities: Opportunity[]): Note[] {
  const random = streams('notes')
  return opportunities
    .filter((_, index) => index % 7 === 0)
    .map((opportunity) => {
      const createdAt = opportunity.lastAdvancedAt
      return {
        id: random.uuid(),
        opportunity: opportunity.id,
        entries: [{ createdAt, score: null, stage: opportunity.stage, user: opportunity.owner, value: 'Asked about notice period' }],
        user: opportunity.owner,
        secret: false,
        createdAt,
        completedAt: createdAt,
        madeByApi: false,
      }
    })
}

/** The sample company: its people in Lever, its pipeline, its jobs. */
import type { ArchiveReason, Posting, Requisition, Stage, User } from '../account/records.ts'
import type { SeededRandom, Streams } from './random.ts'

const DAY_MS = 86_400_000
/** Nothing in the sample is newer. */
export const SEED_TIME = Date.UTC(2026, 2, 31, 12)

export function seedUsers(streams: Streams): User[] {
  const random = streams('users')
  const people: [name: string, accessRole: string, jobTitle: string | null, deactivatedDaysAgo?: number][] = [
    ['Ana Duarte', 'super admin', 'Head of Talent'],
    ['Bo Lindqvist', 'admin', 'Senior Recruiter'],
    ['Chidi Okafor', 'team member', 'Sourcer'],
    ['Dilnoza Karimova', 'super admin', 'People Operations'],
    ['Émile Laurent', 'limited team member', 'Hiring Manager'],
    ['Farida Haddad', 'interviewer', null],
    ['Gus Moreno', 'team member', 'Sourcer', 30],
    ['Hélène Tran', 'admin', 'Recruiter'],
  ]
  return people.map(([name, accessRole, jobTitle, deactivatedDaysAgo], index) => {
    const username = (name.split(' ')[0] as string).normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase()
    return {
      id: random.uuid(),
      name,
      username,
      email: `${username}@acme.example`,
      accessRole,
      photo: null,
      createdAt: SEED_TIME - (700 - index * 60) * DAY_MS,
      deactivatedAt: deactivatedDaysAgo === undefined ? null : SEED_TIME - deactivatedDaysAgo * DAY_MS,
      externalDirectoryId: null,
      linkedContactIds: null,
      jobTitle,
      managerId: null,
    }
  })
}

/** Five fixed stages with slugs, four that belong to the account; ranks as recorded. */
export function seedStages(streams: Streams): Stage[] {
  const random = streams('stages')
  return [
    { id: 'lead-new', text: 'New lead', pipeline: 'lead', rank: 1, hasInterview: false },
    { id: 'lead-reached-out', text: 'Reached out', pipeline: 'lead', rank: 3, hasInterview: false },
    { id: 'lead-responded', text: 'Responded', pipeline: 'lead', rank: 5, hasInterview: false },
    { id: 'applicant-new', text: 'New applicant', pipeline: 'applicant', rank: 101, hasInterview: false },
    { id: random.uuid(), text: 'HM Review', pipeline: 'applicant', rank: 105.5, hasInterview: false },
    { id: random.uuid(), text: 'Recruiter screen', pipeline: 'screen', rank: 201, hasInterview: true },
    { id: random.uuid(), text: 'On-site interview', pipeline: 'onsite', rank: 231, hasInterview: true },
    { id: random.uuid(), text: 'Reference check', pipeline: 'offer', rank: 261, hasInterview: false },
    { id: 'offer', text: 'Offer', pipeline: 'offer', rank: 265.5, hasInterview: false },
  ]
}

export function seedArchiveReasons(streams: Streams): ArchiveReason[] {
  const random = streams('archive reasons')
  const texts = ['Hired', 'Under-qualified', 'Position closed', 'Timing', 'Withdrew', 'Offer declined', 'No Response', 'Future hire']
  return texts.map((text) => ({
    id: random.uuid(),
    text,
    status: text === 'Future hire' ? 'inactive' : 'active',
    type: text === 'Hired' ? 'hired' : 'non-hired',
  }))
}

type PostingRow = [
  text: string,
  state: Posting['state'],
  department: string | null,
  team: string,
  locations: string[],
  codes: string[],
  confidential?: 'confidential',
]

const POSTINGS: PostingRow[] = [
  ['Backend Engineer', 'published', 'Research & Development', 'Engineering', ['San Francisco, CA'], ['ENG-7']],
  ['Site Reliability Engineer', 'published', 'Research & Development', 'Engineering', ['Lisboa', 'Berlin'], ['ENG-8', 'ENG-9']],
  ['Product Designer', 'published', 'Design', 'Product Design', ['Berlin'], ['DES-1']],
  ['Account Executive, EMEA', 'published', 'Sales', 'Field Sales', ['London', 'Paris', 'Madrid'], ['SAL-3']],
  ['Data Scientist', 'published', 'Research & Development', 'Data', ['Remote'], []],
  ['Chief of Staff', 'internal', null, 'Operations', ['San Francisco, CA'], ['OPS-2']],
  ['Head of Finance', 'internal', 'Finance', 'Finance', ['New York, NY'], [], 'confidential'],
  ['Frontend Engineer', 'closed', 'Research & Development', 'Engineering', ['San Francisco, CA'], ['ENG-7']],
  ['Support Lead', 'closed', 'Customer Success', 'Support', ['Kraków'], []],
  ['Ingénieur·e systèmes', 'draft', 'Research & Development', 'Engineering', ['Paris'], []],
  ['数据工程师', 'pending', 'Research & Development', 'Data', ['上海'], []],
  ['Office Manager', 'rejected', null, 'Operations', ['Berlin'], []],
]

export function seedPostings(streams: Streams, users: User[]): Posting[] {
  const random = streams('postings')
  const questions = streams('custom questions')
  const byName = (username: string): string => users.find((user) => user.username === username)?.id as string
  return POSTINGS.map(([text, state, department, team, locations, requisitionCodes, confidential], index) => {
    const owner = byName(index % 2 === 0 ? 'ana' : 'bo')
    const createdAt = SEED_TIME - (400 - index * 20) * DAY_MS
    return {
      id: random.uuid(),
      text,
      state,
      distributionChannels: state === 'published' ? ['public', 'internal'] : state === 'internal' ? ['internal'] : null,
      user: state === 'rejected' || text === 'Support Lead' ? null : owner,
      owner: state === 'rejected' ? null : owner,
      hiringManager: index % 3 === 0 ? byName('emile') : null,
      categories: { commitment: 'Full-time', department, level: null, location: locations[0] ?? null, team, allLocations: locations },
      tags: index === 0 ? ['core'] : [],
      content: {
        description: `${text} at Acme.\n`,
        descriptionHtml: `<div>${text} at Acme.</div>`,
        lists: [{ text: 'You will', content: '<li>Do the work of your life</li>' }],
        closing: '',
        closingHtml: '',
      },
      country: locations[0] === 'Remote' ? null : 'US',
      followers: [owner],
      reqCode: requisitionCodes[0] ?? null,
      requisitionCodes,
      confidentiality: confidential ?? 'non-confidential',
      createdAt,
      updatedAt: createdAt + 3 * DAY_MS,
      workplaceType: locations[0] === 'Remote' ? 'remote' : 'hybrid',
      customQuestions: index % 4 === 0 ? [educationQuestion(questions)] : [],
    }
  })
}

export function seedRequisitions(streams: Streams, users: User[], postings: Posting[]): Requisition[] {
  const random = streams('requisitions')
  const rows: [code: string, name: string, status: Requisition['status'], headcount: number | 'unlimited', hired: number][] = [
    ['ENG-7', 'Backend Engineer', 'open', 2, 0],
    ['ENG-8', 'Site Reliability Engineer, Lisboa', 'open', 1, 0],
    ['ENG-9', 'Site Reliability Engineer, Berlin', 'onHold', 1, 0],
    ['DES-1', 'Product Designer', 'open', 'unlimited', 1],
    ['SAL-3', 'Account Executive', 'closed', 3, 3],
    ['OPS-2', 'Chief of Staff', 'draft', 1, 0],
  ]
  const creator = users[3]?.id as string
  return rows.map(([requisitionCode, name, status, headcountTotal, headcountHired], index) => {
    const linked = postings.filter((posting) => posting.requisitionCodes.includes(requisitionCode))
    const createdAt = SEED_TIME - (390 - index * 15) * DAY_MS
    return {
      id: random.uuid(),
      createdAt,
      confidentiality: 'non-confidential',
      status,
      name,
      requisitionCode,
      headcountTotal,
      headcountHired,
      headcountInfinite: headcountTotal === 'unlimited',
      backfill: index === 1,
      creator: status === 'draft' ? null : creator,
      owner: status === 'draft' ? null : creator,
      hiringManager: index % 2 === 0 ? (users[4]?.id as string) : null,
      internalNotes: '',
      compensationBand: index === 5 ? null : { currency: 'USD', interval: 'per-year-salary', min: 120_000, max: 160_000 },
      approval: requisitionCode === 'DES-1' ? approved(streams('approvals'), creator, createdAt) : { steps: [] },
      employmentStatus: 'full-time',
      location: linked[0]?.categories.location ?? null,
      team: linked[0]?.categories.team ?? null,
      department: linked[0]?.categories.department ?? null,
      postings: linked.map((posting) => posting.id),
      offerIds: [],
      timeToFillStartAt: null,
      timeToFillEndAt: null,
      updatedAt: createdAt,
      customFields: { cost_center: `CC-${12 + index}` },
      closedAt: status === 'closed' ? createdAt + 40 * DAY_MS : null,
      stateHistory: [{ beginAt: createdAt, status }],
    }
  })
}

/** Approved only by the hiring manager (recorded). */
function approved(random: SeededRandom, createdBy: string, startedAt: number): Requisition['approval'] {
  const approvedAt = startedAt + DAY_MS
  const approver = { id: random.uuid(), user: 'Requisition hiring manager', isDynamic: true, approved: true, approvedAt, type: 'dynamic' }
  const steps = [
    { completed: true, status: 'approved', outOfBandOnly: false, approvalsRequired: 1, approvers: [approver], id: random.uuid() },
  ]
  return { steps, id: random.uuid(), status: 'approved', startedAt, approvedAt, accountId: random.uuid(), createdBy }
}

function educationQuestion(random: SeededRandom): Posting['customQuestions'][number] {
  const options = ['High school graduate, diploma or equivalent', 'Bachelor’s degree', 'Master’s degree', 'Doctorate degree']
  const field = { description: '', required: false, prompt: '' }
  return {
    id: random.uuid(),
    text: 'Education',
    fields: [
      {
        ...field,
        id: random.uuid(),
        text: 'What is your highest level of education?',
        type: 'dropdown',
        options: options.map((text) => ({ text })),
      },
      { ...field, id: random.uuid(), text: 'What university did you attend?', type: 'university' },
    ],
  }
}

/** The account that every new local Lever starts with: the same on every machine. */
import type { AccountData } from '../account/account.ts'
import { seedArchiveReasons, seedPostings, seedRequisitions, seedStages, seedUsers, SEED_TIME } from './seed-company.ts'
import { seedFeedback, seedFeedbackTemplates, seedFilledForms, seedFormTemplates } from './seed-forms.ts'
import { seedOffers, seedPanels, seedRequisitionFields } from './seed-hiring.ts'
import { seedContacts, seedNotes, seedOpportunities } from './seed-opportunities.ts'
import { seededStreams, type Streams } from './random.ts'

/** The default addresses of the product. */
const SAMPLE_REDIRECT_URIS = ['http://127.0.0.1:4000/oauth/lever/callback', 'http://localhost:4000/oauth/lever/callback']

/** Another `seed` gives another account: the same people and jobs under other ids. */
export function sampleAccount({ redirectUris = [], seed = '' }: { redirectUris?: string[]; seed?: string } = {}): AccountData {
  const streams = seededStreams(seed)
  const users = seedUsers(streams)
  const stages = seedStages(streams)
  const archiveReasons = seedArchiveReasons(streams)
  const postings = seedPostings(streams, users)
  const contacts = seedContacts(streams)
  const opportunities = seedOpportunities(streams, { users, stages, archiveReasons, postings }, contacts)
  const requisitions = seedRequisitions(streams, users, postings)
  const people = { users, postings, requisitions, contacts, opportunities }
  const interviewStages = stages.filter(({ hasInterview }) => hasInterview).map(({ id }) => id)
  const panels = seedPanels(streams, people, interviewStages)
  const feedbackTemplates = seedFeedbackTemplates(streams)
  const formTemplates = seedFormTemplates(streams)
  return {
    ...sampleAccess(streams, [...new Set([...SAMPLE_REDIRECT_URIS, ...redirectUris])]),
    users,
    stages,
    archiveReasons,
    postings,
    requisitions,
    contacts,
    opportunities,
    deletedOpportunities: [],
    notes: seedNotes(streams, opportunities),
    files: [],
    panels,
    sourceNames: ['Added manually', 'Extension', 'GitHub', 'Job site', 'LinkedIn', 'Referral', 'Social referral'],
    requisitionMode: 'hybrid',
    requisitionFields: seedRequisitionFields(),
    offers: seedOffers(streams, people),
    feedbackTemplates,
    feedback: seedFeedback(streams, panels, feedbackTemplates),
    formTemplates,
    ...seedFilledForms(streams, opportunities, formTemplates),
    deletedApplications: [],
    deletedPostings: [],
    fileActions: [],
    uploads: [],
    auditEvents: [],
    grants: [],
    accessTokens: [],
    webhooks: [],
    deliveries: [],
    eventGroups: {},
  }
}

/** One OAuth app and one API key that allow everything: known values, for this machine only. */
function sampleAccess(streams: Streams, redirectUris: string[]): Pick<AccountData, 'accountId' | 'signingKey' | 'apps' | 'apiKeys'> {
  const random = streams('access')
  return {
    accountId: random.uuid(),
    signingKey: random.hex(64),
    apps: [{ clientId: `sandbox-${random.hex(16)}`, clientSecret: random.hex(48), name: 'Fulcrum', redirectUris }],
    apiKeys: [
      {
        id: random.uuid(),
        key: random.hex(48),
        name: 'Example key (everything)',
        permissions: null,
        confidential: true,
        createdAt: SEED_TIME,
        revokedAt: null,
      },
    ],
  }
}

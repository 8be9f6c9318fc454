/** The account that every new local Lever starts with: the same on every machine. */
import type { AccountData } from '../account/account.ts'
import { seedArchiveReasons, seedPostings, seedRequisitions, seedStages, seedUsers, SEED_TIME } from './seed-company.ts'
import { seedContacts, seedNotes, seedOpportunities } from './seed-opportunities.ts'
import { SeededRandom } from './random.ts'

/** Where the product listens unless told otherwise. */
const SAMPLE_REDIRECT_URIS = ['http://127.0.0.1:4000/oauth/lever/callback', 'http://localhost:4000/oauth/lever/callback']

export function sampleAccount(redirectUris: string[] = []): AccountData {
  const users = seedUsers()
  const stages = seedStages()
  const archiveReasons = seedArchiveReasons()
  const postings = seedPostings(users)
  const contacts = seedContacts()
  const opportunities = seedOpportunities({ users, stages, archiveReasons, postings }, contacts)
  return {
    ...sampleAccess([...new Set([...SAMPLE_REDIRECT_URIS, ...redirectUris])]),
    users,
    stages,
    archiveReasons,
    postings,
    requisitions: seedRequisitions(users, postings),
    contacts,
    opportunities,
    deletedOpportunities: [],
    notes: seedNotes(opportunities),
    files: [],
    panels: [],
    sourceNames: ['Added manually', 'Extension', 'GitHub', 'Job site', 'LinkedIn', 'Referral', 'Social referral'],
    grants: [],
    accessTokens: [],
    webhooks: [],
    deliveries: [],
    eventGroups: {},
  }
}

/** One OAuth app and one API key that may do everything: known values, for this machine only. */
function sampleAccess(redirectUris: string[]): Pick<AccountData, 'accountId' | 'signingKey' | 'apps' | 'apiKeys'> {
  const random = new SeededRandom('access')
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

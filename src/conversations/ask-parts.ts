import { isConfidential } from '../accounts/clearance.ts'
import type { Accounts } from '../accounts/accounts.ts'
import type { Audit } from '../audit/audit.ts'
import type { Candidates } from '../candidates/candidates.ts'
import type { Connections } from '../connection/connections.ts'
import type { ConversationDeps, KnownOpportunity, NoteTerms } from './conversation-deps.ts'
import { isServiceError } from '../errors.ts'
import type { Exports } from '../export/exports.ts'
import type { Mappings } from '../mapping/mappings.ts'
import type { Mirror } from '../mirror/mirror.ts'

/** The parts that conversations build on, and the settings of this process. */
export interface ConversationParts extends Pick<
  ConversationDeps,
  'isErased' | 'wake' | 'noteDelayMs' | 'leaseMs' | 'settleMs' | 'timeoutMs' | 'log'
> {
  accounts: Accounts
  audit: Audit
  connections: Connections
  mappings: Mappings
  mirror: Mirror
  candidates: Candidates
  exports: Pick<Exports, 'candidatesIn' | 'confidentialAmong'>
}

/** Adapts the parts to what conversations need. */
export function askParts(parts: ConversationParts): ConversationDeps {
  const { accounts, connections, mappings, mirror, candidates, exports } = parts
  const readTerms = async (organization: string): Promise<NoteTerms> => {
    const connection = await connections.get(organization)
    const { settings } = connection
    return {
      status: connections.statusFor(connection, 'conversations'),
      mode: settings.noteMode ?? 'perPause',
      secret: settings.noteSecret ?? false,
      language: settings.noteLanguage ?? 'en',
      timeZone: settings.noteTimeZone ?? 'UTC',
      performAsFallback: settings.performAsFallback ?? null,
    }
  }
  const opportunitiesOf = async (organization: string, candidateId: string): Promise<KnownOpportunity[] | null> => {
    const candidate = await candidates.find(organization, candidateId)
    if (!candidate) return null
    const { emails, links, lever } = candidate
    const person = { emails, links, opportunityId: lever?.opportunityId ?? null, contactId: lever?.contactId ?? null }
    const seen = (await mirror.opportunitiesOf(organization, person)).filter(({ isAnonymized }) => !isAnonymized)
    const known = seen.map(({ id, archived, ...rest }) => ({ id, archived: archived !== null, confidential: isConfidential(rest) }))
    if (!lever || known.some(({ id }) => id === lever.opportunityId)) return known
    return [...known, { id: lever.opportunityId, archived: Boolean(lever.archived), confidential: lever.confidential ?? false }]
  }
  return {
    ...parts,
    readTerms,
    leverClient: (organization) => connections.leverClient(organization, 'bulk'),
    candidateExists: async (organization, id) => (await candidates.find(organization, id)) !== null,
    candidateName: async (organization, id) => (await candidates.find(organization, id))?.name ?? null,
    opportunitiesOf,
    async candidatesOf(organization, opportunityId) {
      const exported = await exports.candidatesIn(organization, { opportunityIds: [opportunityId], contactIds: [] })
      return [...new Set([...exported, ...(await candidates.linkedTo(organization, opportunityId))])]
    },
    async confidentialAmong(organization, opportunityIds) {
      const known = [mirror.confidentialAmong, exports.confidentialAmong].map((among) => among(organization, opportunityIds))
      return [...new Set((await Promise.all(known)).flat())]
    },
    assertMapped: mappings.resolvePerformAs,
    personName: async (organization, email) => (await accounts.findPerson(organization, email))?.name ?? null,
    async mappedLeverUser(organization, email) {
      try {
        return (await mappings.resolvePerformAs(organization, email)).leverUserId
      } catch (error) {
        if (isServiceError(error) && error.status < 500) return null
        throw error
      }
    },
    async leverUserByEmail(organization, email) {
      const user = await mirror.findUser(organization, { email })
      return user && user.deactivatedAt === null ? user.id : null
    },
    isLeverUserGone: mirror.isUserGone,
    audit: (record) => parts.audit.append(record),
  }
}

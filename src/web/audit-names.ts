import type { Accounts } from '../accounts/accounts.ts'
import type { AuditEvent } from '../audit/audit.ts'
import type { Candidates } from '../candidates/candidates.ts'
import type { Conversations } from '../conversations/conversations.ts'
import type { Exports } from '../export/exports.ts'
import type { Mappings } from '../mapping/mappings.ts'
import type { Mirror } from '../mirror/mirror.ts'

export interface AuditNamesDeps {
  accounts: Pick<Accounts, 'peopleById' | 'apiKeyNames' | 'findPerson'>
  exports: Pick<Exports, 'list'> & { rules: Pick<Exports['rules'], 'names'> }
  candidates: Pick<Candidates, 'findMany'>
  conversations: Pick<Conversations, 'candidatesById'>
  mappings: Pick<Mappings, 'personNames'>
  mirror: Pick<Mirror, 'usersById'>
}

export interface AuditName {
  name: string
  email?: string
  candidateId?: string
}

/** Names for the ids in audit records; a deleted object has no name. */
export interface AuditNames {
  /** Keyed by reference, such as `user:<id>`. */
  byReference: Map<string, AuditName>
  leverUsers: Map<string, string>
}

/** Splits `user:<id>` into its parts; without an id, only the kind is set. `detail` is what follows a slash. */
export function partsOf(reference: string): { kind: string; id: string; detail: string | null } {
  const [whole = '', ...details] = reference.split('/')
  const [kind = '', id = ''] = whole.split(':', 2)
  return { kind, id, detail: details.length === 0 ? null : details.join('/') }
}

/** Reads the names behind a list of records; the trail itself holds ids only. */
export async function readAuditNames(organization: string, events: readonly AuditEvent[], deps: AuditNamesDeps): Promise<AuditNames> {
  const named = events.flatMap(({ actor, subject }) => [partsOf(actor), partsOf(subject)])
  const idsOf = (wanted: string) => [...new Set(named.flatMap(({ kind, id }) => (kind === wanted ? [id] : [])))]
  const [people, apiKeys, rules, mappings, leverUsers, candidates] = await Promise.all([
    deps.accounts.peopleById(organization, idsOf('user')),
    deps.accounts.apiKeyNames(organization, idsOf('apiKey')),
    deps.exports.rules.names(organization, idsOf('export_rule')),
    deps.mappings.personNames(organization, idsOf('mapping')),
    deps.mirror.usersById(organization, [...new Set(events.flatMap(({ leverUser }) => leverUser ?? []))]),
    readCandidates(organization, idsOf, deps),
  ])
  const referenced = <V>(kind: string, names: Map<string, V>, nameOf: (value: V) => AuditName) =>
    [...names].map(([id, value]): [string, AuditName] => [`${kind}:${id}`, nameOf(value)])
  const plain = (name: string): AuditName => ({ name })
  return {
    byReference: new Map([
      ...referenced('user', people, ({ name, email }) => ({ name, email })),
      ...referenced('apiKey', apiKeys, plain),
      ...referenced('export_rule', rules, plain),
      ...referenced('mapping', mappings, plain),
      ...candidates,
    ]),
    leverUsers: new Map([...leverUsers].flatMap(([id, { name }]) => (name ? [[id, name] as const] : []))),
  }
}

/** Only names of exports and candidates are read, and nothing from Lever. */
const FOR_NAMES = 'nonConfidential'

/** Exports and conversations are shown under their candidate's name. */
async function readCandidates(
  organization: string,
  idsOf: (kind: string) => string[],
  { exports, candidates, conversations }: AuditNamesDeps,
): Promise<[string, AuditName][]> {
  const exportIds = idsOf('export')
  const { data } =
    exportIds.length === 0 ? { data: [] } : await exports.list(organization, { ids: exportIds }, FOR_NAMES, { limit: exportIds.length })
  const talks = await conversations.candidatesById(organization, idsOf('conversation'))
  const references: [string, string][] = [
    ...idsOf('candidate').map((id): [string, string] => [`candidate:${id}`, id]),
    ...data.map(({ id, candidateId }): [string, string] => [`export:${id}`, candidateId]),
    ...[...talks].map(([id, candidateId]): [string, string] => [`conversation:${id}`, candidateId]),
  ]
  const found = await candidates.findMany(organization, [...new Set(references.map(([, candidateId]) => candidateId))], FOR_NAMES)
  const names = new Map(found.map(({ id, name }) => [id, name]))
  return references.flatMap(([reference, candidateId]) => {
    const name = names.get(candidateId)
    return name === undefined ? [] : [[reference, { name, candidateId }] as [string, AuditName]]
  })
}

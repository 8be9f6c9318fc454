import type { Accounts } from '../../accounts/accounts.ts'
import type { AuditEvent } from '../../audit/audit.ts'
import type { Candidates } from '../../candidates/candidates.ts'
import type { Exports } from '../../export/exports.ts'
import type { Mirror } from '../../mirror/mirror.ts'

export interface AuditNamesDeps {
  accounts: Pick<Accounts, 'peopleById' | 'listApiKeys'>
  exports: Pick<Exports, 'list'>
  candidates: Pick<Candidates, 'findMany'>
  mirror: Pick<Mirror, 'usersById'>
}

/** Of an export and a candidate, names alone are read here, and nothing of Lever. */
const FOR_NAMES = 'nonConfidential'

/** What the ids of audit records stand for, by id; what is gone is not in it. */
export interface AuditNames {
  people: Map<string, string>
  apiKeys: Map<string, string>
  /** Of the candidate that an export carries, or that an id names. */
  candidates: Map<string, { id: string; name: string }>
  leverUsers: Map<string, string>
}

/** `user:<id>` as its two parts; the kind alone where there is no id. */
export function partsOf(subject: string): { kind: string; id: string } {
  const [kind = '', id = ''] = subject.split(':', 2)
  return { kind, id: id.split('/', 1)[0] ?? '' }
}

/** Reads the names behind some records; the trail itself holds ids only. */
export async function readAuditNames(organization: string, events: readonly AuditEvent[], deps: AuditNamesDeps): Promise<AuditNames> {
  const named = events.flatMap(({ actor, subject }) => [partsOf(actor), partsOf(subject)])
  const idsOf = (wanted: string) => [...new Set(named.flatMap(({ kind, id }) => (kind === wanted ? [id] : [])))]
  const leverIds = [...new Set(events.flatMap(({ leverUser }) => leverUser ?? []))]
  const [people, keys, leverUsers, candidates] = await Promise.all([
    deps.accounts.peopleById(organization, idsOf('user')),
    deps.accounts.listApiKeys(organization, { limit: 100 }),
    deps.mirror.usersById(organization, leverIds),
    readCandidates(organization, { exportIds: idsOf('export'), candidateIds: idsOf('candidate') }, deps),
  ])
  return {
    people: new Map([...people].map(([id, { name }]) => [id, name])),
    apiKeys: new Map(keys.data.map(({ id, name }) => [id, name])),
    leverUsers: new Map([...leverUsers].flatMap(([id, { name }]) => (name ? [[id, name] as const] : []))),
    candidates,
  }
}

async function readCandidates(
  organization: string,
  { exportIds, candidateIds }: { exportIds: string[]; candidateIds: string[] },
  { exports, candidates }: AuditNamesDeps,
): Promise<AuditNames['candidates']> {
  const { data } =
    exportIds.length === 0 ? { data: [] } : await exports.list(organization, { ids: exportIds }, FOR_NAMES, { limit: exportIds.length })
  const found = await candidates.findMany(organization, [...candidateIds, ...data.map(({ candidateId }) => candidateId)], FOR_NAMES)
  const byId = new Map(found.map(({ id, name }) => [id, { id, name }]))
  for (const { id, candidateId } of data) {
    const candidate = byId.get(candidateId)
    if (candidate) byId.set(id, candidate)
  }
  return byId
}

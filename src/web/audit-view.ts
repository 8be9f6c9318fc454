import type { Audit, AuditEvent, AuditFilters } from '../audit/audit.ts'
import { csvLine } from '../csv-cell.ts'
import { partsOf, readAuditNames, type AuditNames, type AuditNamesDeps } from './audit-names.ts'

export const ACTOR_KINDS = ['user', 'apiKey', 'operator', 'lever', 'service'] as const
export type ActorKind = (typeof ACTOR_KINDS)[number]

export interface AuditEventView extends AuditEvent {
  by: { kind: ActorKind; id: string; email?: string; name?: string }
  about: { kind: string; id: string; name?: string; detail?: string }
}

/** Public names of subject kinds that differ from the internal ones. */
const KINDS: Record<string, string> = { user: 'person', export_rule: 'exportRule', export_batch: 'exportBatch' }

/** Returns a record with the current names behind its ids. */
export function auditEventView(event: AuditEvent, { byReference }: Pick<AuditNames, 'byReference'>): AuditEventView {
  const subject = partsOf(event.subject)
  const name = byReference.get(`${subject.kind}:${subject.id}`)?.name
  return {
    ...event,
    by: actorView(event.actor, byReference),
    about: {
      kind: KINDS[subject.kind] ?? subject.kind,
      id: subject.id,
      ...(name === undefined ? {} : { name }),
      ...(subject.detail === null ? {} : { detail: subject.detail }),
    },
  }
}

function actorView(actor: string, byReference: AuditNames['byReference']): AuditEventView['by'] {
  const { kind, id } = partsOf(actor)
  const { name, email } = byReference.get(actor) ?? {}
  const names = { ...(email === undefined ? {} : { email }), ...(name === undefined ? {} : { name }) }
  if (kind === 'user' || kind === 'apiKey') return { kind, id, ...names }
  if (kind === 'operator' || kind === 'lever') return { kind, id: actor }
  return { kind: 'service', id: actor, ...names }
}

/** How records name schedules and workers. */
const SERVICE = ['worker', 'system']

/** Resolves to the actors that `actor` means: an email address, or an actor's id or kind. */
export async function actorsMeant(organization: string, actor: string, { accounts }: Pick<AuditNamesDeps, 'accounts'>): Promise<string[]> {
  if (actor === 'service') return SERVICE
  if (!actor.includes('@')) return [actor, `user:${actor}`, `apiKey:${actor}`]
  const person = await accounts.findPerson(organization, actor)
  return person ? [`user:${person.id}`] : []
}

export const MOST_CSV_ROWS = 100_000

type Column = readonly [name: string, of: (event: AuditEventView) => string | null | undefined]
const COLUMNS: readonly Column[] = [
  ['id', ({ id }) => id],
  ['at', ({ at }) => at.toISOString()],
  ['actor', ({ actor }) => actor],
  ['by.kind', ({ by }) => by.kind],
  ['by.id', ({ by }) => by.id],
  ['by.email', ({ by }) => by.email],
  ['by.name', ({ by }) => by.name],
  ['action', ({ action }) => action],
  ['subject', ({ subject }) => subject],
  ['about.kind', ({ about }) => about.kind],
  ['about.id', ({ about }) => about.id],
  ['about.name', ({ about }) => about.name],
  ['about.detail', ({ about }) => about.detail],
  ['leverUser', ({ leverUser }) => leverUser],
  ['hash', ({ hash }) => hash],
  ['previousHash', ({ previousHash }) => previousHash],
]

/** Yields the matching records, newest first, as CSV lines with a header, reading them while they are sent. */
export async function* auditCsv(
  organization: string,
  filters: AuditFilters,
  deps: AuditNamesDeps & { audit: Pick<Audit, 'walk'> },
): AsyncGenerator<string> {
  yield csvLine(COLUMNS.map(([name]) => name))
  for await (const events of deps.audit.walk(organization, filters, MOST_CSV_ROWS)) {
    const names = await readAuditNames(organization, events, deps)
    yield events.map((event) => lineOf(auditEventView(event, names))).join('')
  }
}

function lineOf(view: AuditEventView): string {
  return csvLine(COLUMNS.map(([, of]) => of(view) ?? ''))
}

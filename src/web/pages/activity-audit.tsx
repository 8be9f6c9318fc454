import type { AuditEvent } from '../../audit/audit.ts'
import { isWebhookEvent, labelOf } from '../../connection/webhook-events.ts'
import type { Page } from '../../paging.ts'
import { REPLAYABLE } from '../../webhooks/replay.ts'
import { partsOf, type AuditNames } from './activity-names.ts'
import { activityAddress, type ActivityQuery } from './activity-query.ts'
import { usePage } from './page-context.ts'
import { Cell, Row, RowHead, Table } from './table.tsx'
import { activityTexts } from './texts-activity.ts'
import { auditActionTexts, auditNameTexts } from './texts-audit.ts'
import { TimeAgo } from './time-ago.tsx'

/** Who did what, when, as which Lever user. */
export function AuditTrail({ events, names, query }: { events: Page<AuditEvent>; names: AuditNames; query: ActivityQuery }) {
  const t = activityTexts(usePage().language)
  return (
    <section class="card" aria-labelledby="audit">
      <h2 id="audit">{t.audit}</h2>
      {events.data.length === 0 ? (
        <p>{t.noAudit}</p>
      ) : (
        <Table heads={[t.what, t.about, t.who, t.asLeverUser, t.when]} label={t.audit}>
          {events.data.map((event) => (
            <EventRow key={event.id} event={event} names={names} />
          ))}
        </Table>
      )}
      <nav class="pages" aria-label={t.audit}>
        {query.audit === undefined ? null : <a href={`${activityAddress({ ...query, audit: undefined })}#audit`}>{t.newest}</a>}
        {events.nextCursor === null ? null : <a href={`${activityAddress({ ...query, audit: events.nextCursor })}#audit`}>{t.older}</a>}
      </nav>
    </section>
  )
}

function EventRow({ event, names }: { event: AuditEvent; names: AuditNames }) {
  const t = activityTexts(usePage().language)
  const { action, actor, subject, leverUser, at } = event
  return (
    <Row>
      <RowHead>
        <Action action={action} />
      </RowHead>
      <Cell head={t.about}>
        <Named reference={subject} names={names} />
      </Cell>
      <Cell head={t.who}>
        <Named reference={actor} names={names} />
      </Cell>
      <Cell head={t.asLeverUser}>{leverUser === null ? t.nothing : (names.leverUsers.get(leverUser) ?? leverUser)}</Cell>
      <Cell head={t.when}>
        <TimeAgo at={at.toISOString()} />
      </Cell>
    </Row>
  )
}

/** In words; one without words by its name. */
function Action({ action }: { action: string }) {
  const words: Record<string, string> = auditActionTexts(usePage().language)
  const text = Object.hasOwn(words, action) ? words[action] : undefined
  return <>{text ?? <code>{action}</code>}</>
}

/** An actor or a subject, `<kind>:<id>`, by its name. */
function Named({ reference, names }: { reference: string; names: AuditNames }) {
  const t = auditNameTexts(usePage().language)
  const { kind, id } = partsOf(reference)
  if (kind === 'user') return <>{names.people.get(id) ?? t.formerPerson}</>
  if (kind === 'apiKey') return <>{names.apiKeys.has(id) ? t.apiKeyNamed(names.apiKeys.get(id) ?? '') : t.formerApiKey}</>
  if (kind === 'export' || kind === 'candidate') {
    const candidate = names.candidates.get(id)
    return candidate ? <a href={`/candidates/${candidate.id}`}>{candidate.name}</a> : <>{t[kind]}</>
  }
  if (kind === 'deliveries') return <Replayed subject={reference} />
  if (kind === 'worker' || kind === 'system') return <>{t.system}</>
  if (isPlain(kind)) return <>{t[kind]}</>
  return <code>{reference}</code>
}

/** How many deliveries were replayed, and which. */
function Replayed({ subject }: { subject: string }) {
  const { language } = usePage()
  const t = activityTexts(language)
  const filters = new URLSearchParams(subject.split('/')[1] ?? '')
  const [event, status] = [filters.get('event'), filters.get('status')]
  const named = REPLAYABLE.find((one) => one === status)
  const times = (['from', 'to'] as const).flatMap((name) => (filters.has(name) ? [`${t[name]}: ${minuteOf(filters.get(name) ?? '')}`] : []))
  const facts = [...(event === null ? [] : [isWebhookEvent(event) ? labelOf(event) : event]), ...(named ? [t[named]] : []), ...times]
  return <>{[auditNameTexts(language).deliveries(Number(partsOf(subject).id)), ...facts].join(' · ')}</>
}

function minuteOf(instant: string): string {
  return instant.slice(0, 16).replace('T', ' ')
}

const PLAIN = ['operator', 'lever', 'connection', 'mapping', 'organization', 'export_rule'] as const

/** Named by its kind alone. */
function isPlain(kind: string): kind is (typeof PLAIN)[number] {
  return (PLAIN as readonly string[]).includes(kind)
}

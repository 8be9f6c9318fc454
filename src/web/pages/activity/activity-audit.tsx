import type { AuditEvent } from '../../../audit/audit.ts'
import type { EarlierHead } from '../../../audit/verify-audit.ts'
import { isWebhookEvent, labelOf } from '../../../connection/webhook-events.ts'
import type { Page } from '../../../paging.ts'
import { REPLAYABLE } from '../../../webhooks/replay.ts'
import { partsOf, type AuditNames } from '../../audit-names.ts'
import { activityAddress, auditChoiceOf, choiceOf, type ActivityQuery } from './activity-query.ts'
import { Form } from '../kit/form.tsx'
import { usePage } from '../kit/page-context.ts'
import { Cell, Row, RowHead, Table } from '../kit/table.tsx'
import { activityTexts } from './texts-activity.ts'
import { auditActionTexts, auditNameTexts, auditTrailTexts } from './texts-audit.ts'
import { TimeAgo } from '../kit/time-ago.tsx'

export interface AuditTrailProps {
  events: Page<AuditEvent>
  names: AuditNames
  query: ActivityQuery
  head: EarlierHead | null
}

/** The audit trail: who did what, when, and as which Lever user; with filters, CSV and verification. */
export function AuditTrail({ events, names, query, head }: AuditTrailProps) {
  const { language } = usePage()
  const t = activityTexts(language)
  const isFiltered = Object.keys(auditChoiceOf(query)).length > 0
  return (
    <section class="card" aria-labelledby="audit">
      <h2 id="audit">{t.audit}</h2>
      <Filter query={query} />
      {events.data.length === 0 ? (
        <p>{isFiltered ? auditTrailTexts(language).noneFit : t.noAudit}</p>
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
      <Verification head={head} />
    </section>
  )
}

function Filter({ query }: { query: ActivityQuery }) {
  const { language } = usePage()
  const t = auditTrailTexts(language)
  const csv = new URLSearchParams(Object.entries(auditChoiceOf(query)).filter((entry): entry is [string, string] => entry[1] !== undefined))
  return (
    <form action="/activity#audit" method="get" class="toolbar">
      {Object.entries(choiceOf(query)).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <label>
        {t.actor}
        <input type="text" name="actor" value={query.actor ?? ''} maxLength={320} />
      </label>
      <select name="action" aria-label={t.action}>
        <option value="">{t.allActions}</option>
        {Object.entries(auditActionTexts(language)).map(([action, words]) => (
          <option key={action} value={action} selected={action === query.action}>
            {words}
          </option>
        ))}
      </select>
      <Day name="auditFrom" label={t.from} value={query.auditFrom} />
      <Day name="auditTo" label={t.to} value={query.auditTo} />
      <button type="submit" class="quiet">
        {t.show}
      </button>
      <a href={csv.size === 0 ? '/activity/audit.csv' : `/activity/audit.csv?${csv.toString()}`} role="button" class="quiet" download>
        {t.csv}
      </a>
    </form>
  )
}

function Day({ name, label, value }: { name: 'auditFrom' | 'auditTo'; label: string; value: string | undefined }) {
  return (
    <label>
      {label}
      <input type="date" name={name} value={value ?? ''} />
    </label>
  )
}

function Verification({ head }: { head: EarlierHead | null }) {
  const t = auditTrailTexts(usePage().language)
  return (
    <Form action="/activity/audit/verify">
      <p class="small">{t.verifyHelp}</p>
      <p class="small">
        {t.head}: {head === null ? t.headGone : `${t.records(head.count)} · `}
        {head === null ? null : <code>{head.hash}</code>}
      </p>
      <div class="fields">
        <label>
          {t.earlierCount}
          <input type="number" name="count" min={0} />
        </label>
        <label>
          {t.earlierHash}
          <input type="text" name="hash" maxLength={100} autocomplete="off" />
        </label>
        <button type="submit" class="quiet">
          {t.verify}
        </button>
      </div>
    </Form>
  )
}

function EventRow({ event, names }: { event: AuditEvent; names: AuditNames }) {
  const t = activityTexts(usePage().language)
  const { action, actor, leverUser, at } = event
  return (
    <Row>
      <RowHead>
        <Action action={action} />
      </RowHead>
      <Cell head={t.about}>
        <Subject event={event} names={names} />
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

function Action({ action }: { action: string }) {
  const words: Record<string, string> = auditActionTexts(usePage().language)
  const text = Object.hasOwn(words, action) ? words[action] : undefined
  return <>{text ?? <code>{action}</code>}</>
}

function Subject({ event: { subject, leverUser }, names }: { event: AuditEvent; names: AuditNames }) {
  const t = auditNameTexts(usePage().language)
  const { kind, detail } = partsOf(subject)
  if (kind === 'deliveries') return <Replayed subject={subject} />
  const formerUser = kind === 'mapping' && !names.byReference.has(subject) ? names.leverUsers.get(leverUser ?? '') : undefined
  if (formerUser !== undefined) return <>{t.mappingTo(formerUser)}</>
  const parts = kind === 'connection' && detail !== null ? detail.split(',').map((part) => partWords(part, t)) : []
  return (
    <>
      <Named reference={subject} names={names} />
      {parts.length === 0 ? null : <div class="small">{parts.join(', ')}</div>}
    </>
  )
}

/** Names a part of the connection: a webhook's event or a setting. */
function partWords(part: string, { settings }: ReturnType<typeof auditNameTexts>): string {
  if (isWebhookEvent(part)) return labelOf(part)
  const words: Record<string, string> = settings
  return (Object.hasOwn(words, part) ? words[part] : undefined) ?? part
}

function Named({ reference, names }: { reference: string; names: AuditNames }) {
  const t = auditNameTexts(usePage().language)
  const { kind, id } = partsOf(reference)
  const { name, candidateId } = names.byReference.get(`${kind}:${id}`) ?? {}
  if (kind === 'user') return <>{name ?? t.formerPerson}</>
  if (kind === 'apiKey') return <>{name === undefined ? t.formerApiKey : t.apiKeyNamed(name)}</>
  if (kind === 'worker' || kind === 'system') return <>{t.system}</>
  if (!isPlain(kind)) return <code>{reference}</code>
  if (name === undefined) return <>{t[kind]}</>
  const words = namedWords(kind, name, t)
  return candidateId === undefined ? <>{words}</> : <a href={`/candidates/${candidateId}`}>{words}</a>
}

function namedWords(kind: (typeof PLAIN)[number], name: string, t: ReturnType<typeof auditNameTexts>): string {
  if (kind === 'mapping') return t.mappingOf(name)
  if (kind === 'conversation') return t.conversationWith(name)
  return kind === 'export_rule' ? t.ruleNamed(name) : name
}

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

const PLAIN = [
  'operator', 'lever', 'connection', 'mapping', 'organization', 'export', 'export_rule', 'export_batch', 'candidate', 'conversation',
] as const // prettier-ignore

function isPlain(kind: string): kind is (typeof PLAIN)[number] {
  return (PLAIN as readonly string[]).includes(kind)
}

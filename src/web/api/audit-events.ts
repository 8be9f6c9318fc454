import { Readable } from 'node:stream'
import { z } from 'zod'
import type { Audit, AuditFilters } from '../../audit/audit.ts'
import { readAuditNames, type AuditNamesDeps } from '../audit-names.ts'
import { ACTOR_KINDS, actorsMeant, auditCsv, auditEventView, MOST_CSV_ROWS } from '../audit-view.ts'
import { defineEndpoint, type Endpoint } from './endpoint.ts'
import { momentQuery } from './request-fields.ts'
import { pageOf, pageQuery } from './paging.ts'

const AuditEventView = z
  .object({
    id: z.string(),
    at: z.date(),
    actor: z.string().meta({
      description:
        '`user:<id>`, `apiKey:<id>`, `operator`, `lever`, or `worker`, `system` or `export_rule:<id>` for what the service did automatically.',
    }),
    by: z
      .object({
        kind: z.enum(ACTOR_KINDS).meta({ description: '`service`: on a schedule, or to complete an earlier request.' }),
        id: z.string(),
        email: z.string().optional(),
        name: z.string().optional(),
      })
      .meta({
        description: 'Who did it, with the current name and email address. These are absent if the person or key no longer exists.',
      }),
    action: z.string().meta({ description: 'Like `user.created`.' }),
    subject: z.string().meta({ description: 'Like `user:<id>`.' }),
    about: z
      .object({
        kind: z.string().meta({ description: 'Like `candidate`, `export`, `connection`, `mapping`, `person`, `apiKey`.' }),
        id: z.string(),
        name: z.string().optional().meta({ description: 'The current name. Absent if it no longer exists.' }),
        detail: z.string().optional().meta({ description: 'Which part was changed: a webhook event, names of settings, or a filter.' }),
      })
      .meta({ description: 'The subject of the action.' }),
    leverUser: z.string().nullable().meta({ description: 'Id of the Lever user that it was performed as.' }),
    hash: z.string().meta({ description: 'Keyed hash of the record and `previousHash`.' }),
    previousHash: z.string().nullable().meta({ description: 'Hash of the previous record; null in the first.' }),
  })
  .meta({ id: 'AuditEvent' })
const VerificationView = z.object({
  valid: z.boolean(),
  checked: z.int(),
  firstBroken: z.string().optional().meta({
    description:
      'Id of the first record that was changed or forged, or that follows a missing one. Absent if records are missing from the end.',
  }),
})
const HeadView = z.object({
  count: z.int().meta({ description: 'Number of records.' }),
  hash: z.string().meta({ description: 'Hash of the last record; empty if there is none.' }),
})

const text = z.string().min(1).max(320)
const ListQuery = pageQuery.extend({
  actor: text
    .optional()
    .meta({ description: 'Id of a person or an API key, email address of a person, or `operator`, `lever` or `service`.' }),
  action: text.optional().meta({ description: 'Like `user.created`.' }),
  from: momentQuery('Start of the range, inclusive: an instant or a calendar date (UTC).'),
  to: momentQuery('End of the range, exclusive: an instant or a calendar date (UTC).'),
})
const VerifyQuery = z
  .strictObject({
    count: z
      .string()
      .regex(/^\d{1,15}$/, 'must be a whole number')
      .transform(Number)
      .optional()
      .meta({ description: '`count` of an earlier head.', override: { type: 'integer', minimum: 0 } }),
    hash: z.string().max(100).optional().meta({ description: '`hash` of that head.' }),
  })
  .refine(({ count, hash }) => (count === undefined) === (hash === undefined), {
    path: ['hash'],
    message: 'must be given together with count',
  })

const TAG = 'Audit'
const CSV = 'text/csv'

export function auditEventEndpoints(deps: AuditNamesDeps & { audit: Audit }): Endpoint[] {
  const { audit } = deps
  return [
    defineEndpoint({
      method: 'get',
      path: '/audit-events',
      tag: TAG,
      summary: 'List who did what and when, and as which Lever user',
      description: `With \`Accept: text/csv\`, all records that match, at most ${MOST_CSV_ROWS}, as CSV. The columns are the same members, with dotted names.`,
      access: 'admin',
      query: ListQuery,
      answers: { 200: { description: 'Newest first', schema: pageOf(AuditEventView), contentType: ['application/json', CSV] } },
      async handle({ caller: { organization }, query: { limit, cursor, actor, ...rest }, prefers }) {
        const filters: AuditFilters = { ...rest, ...(actor === undefined ? {} : { actors: await actorsMeant(organization, actor, deps) }) }
        if (prefers(['application/json', CSV]) === CSV) {
          const headers = { 'Content-Disposition': 'attachment; filename="audit-trail.csv"' }
          return { status: 200, body: Readable.from(auditCsv(organization, filters, deps)), contentType: `${CSV}; charset=utf-8`, headers }
        }
        const { data, nextCursor } = await audit.list(organization, { limit, cursor }, filters)
        const names = await readAuditNames(organization, data, deps)
        return { status: 200, body: { data: data.map((event) => auditEventView(event, names)), nextCursor } }
      },
    }),
    defineEndpoint({
      method: 'get',
      path: '/audit-events/verify',
      tag: TAG,
      summary: 'Verify the audit trail',
      description:
        'Finds records that were changed, removed or forged in the database. To detect that an older state was restored, pass an earlier head that was kept elsewhere.',
      access: 'admin',
      query: VerifyQuery,
      answers: { 200: { description: 'Whether all records are unchanged and none is missing', schema: VerificationView } },
      handle: async ({ caller, query: { count, hash } }) => {
        const earlier = count === undefined || hash === undefined ? undefined : { count, hash }
        return { status: 200, body: await audit.verify(caller.organization, earlier) }
      },
    }),
    defineEndpoint({
      method: 'get',
      path: '/audit-events/head',
      tag: TAG,
      summary: 'The head of the audit trail',
      description: 'Keep it outside this service, and pass it to `verify` later.',
      access: 'admin',
      answers: { 200: { description: 'Count and hash of the last record', schema: HeadView } },
      handle: async ({ caller }) => ({ status: 200, body: await audit.head(caller.organization) }),
    }),
  ]
}

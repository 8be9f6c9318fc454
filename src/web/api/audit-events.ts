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
        '`user:<id>`, `apiKey:<id>`, `operator`, `lever`, or `worker`, `system` or `export_rule:<id>` for what the service did on its own.',
    }),
    by: z
      .object({
        kind: z.enum(ACTOR_KINDS).meta({ description: '`service`: by schedule, or to carry out what was asked for before.' }),
        id: z.string(),
        email: z.string().optional(),
        name: z.string().optional(),
      })
      .meta({
        description: 'Who did it, with the name and e-mail address as they are now; without these where the person or key is gone.',
      }),
    action: z.string().meta({ description: 'Like `user.created`.' }),
    subject: z.string().meta({ description: 'Like `user:<id>`.' }),
    about: z
      .object({
        kind: z.string().meta({ description: 'Like `candidate`, `export`, `connection`, `mapping`, `person`, `apiKey`.' }),
        id: z.string(),
        name: z.string().optional().meta({ description: 'As it is now; left out where it is gone.' }),
        detail: z
          .string()
          .optional()
          .meta({ description: 'Which part, or what was changed: a webhook event, names of settings, a filter.' }),
      })
      .meta({ description: 'What it was done to.' }),
    leverUser: z.string().nullable().meta({ description: "Lever's id of the user it was performed as there." }),
    hash: z.string().meta({ description: 'Keyed, over the record and `previousHash`.' }),
    previousHash: z.string().nullable().meta({ description: 'Of the record before; null in the first.' }),
  })
  .meta({ id: 'AuditEvent' })
const VerificationView = z.object({
  valid: z.boolean(),
  checked: z.int(),
  firstBroken: z.string().optional().meta({
    description:
      'Id of the first record that was changed or forged, or that follows a missing one; left out where records are missing from the end.',
  }),
})
const HeadView = z.object({
  count: z.int().meta({ description: 'How many records there are.' }),
  hash: z.string().meta({ description: 'Of the last one; empty where there is none.' }),
})

const text = z.string().min(1).max(320)
const ListQuery = pageQuery.extend({
  actor: text
    .optional()
    .meta({ description: 'Id of a person or an API key, e-mail address of a person, or `operator`, `lever` or `service`.' }),
  action: text.optional().meta({ description: 'Like `user.created`.' }),
  from: momentQuery('Recorded from then on: an instant or a calendar date (UTC).'),
  to: momentQuery('Recorded before then: an instant or a calendar date (UTC).'),
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
  .refine(({ count, hash }) => (count === undefined) === (hash === undefined), { path: ['hash'], message: 'is given together with count' })

const TAG = 'Audit'
const CSV = 'text/csv'

export function auditEventEndpoints(deps: AuditNamesDeps & { audit: Audit }): Endpoint[] {
  const { audit } = deps
  return [
    defineEndpoint({
      method: 'get',
      path: '/audit-events',
      tag: TAG,
      summary: 'Who did what, when, as which Lever user',
      description: `With \`Accept: text/csv\` all records that match, at most ${MOST_CSV_ROWS}, as a CSV: the same members as columns, dotted.`,
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
      summary: 'Check the chain of hashes',
      description:
        'Finds what was altered, removed or forged in the database. That an older state of it was put back shows only against an earlier head, kept elsewhere.',
      access: 'admin',
      query: VerifyQuery,
      answers: { 200: { description: 'Whether every record is unchanged and none is missing', schema: VerificationView } },
      handle: async ({ caller, query: { count, hash } }) => {
        const earlier = count === undefined || hash === undefined ? undefined : { count, hash }
        return { status: 200, body: await audit.verify(caller.organization, earlier) }
      },
    }),
    defineEndpoint({
      method: 'get',
      path: '/audit-events/head',
      tag: TAG,
      summary: 'How far the trail has come',
      description: 'Keep it outside of this service, and give it to `verify` later.',
      access: 'admin',
      answers: { 200: { description: 'Count and hash', schema: HeadView } },
      handle: async ({ caller }) => ({ status: 200, body: await audit.head(caller.organization) }),
    }),
  ]
}

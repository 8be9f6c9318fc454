import { z } from 'zod'
import type { Audit } from '../../audit/audit.ts'
import { defineEndpoint, type Endpoint } from './endpoint.ts'
import { pageOf, pageQuery } from './paging.ts'

const AuditEventView = z
  .object({
    id: z.string(),
    at: z.date(),
    actor: z.string().meta({
      description: '`user:<id>`, `apiKey:<id>`, `operator`, `lever`, or `worker` and `system` for what the service did by itself.',
    }),
    action: z.string().meta({ description: 'Like `user.created`.' }),
    subject: z.string().meta({ description: 'Like `user:<id>`.' }),
    leverUser: z.string().nullable().meta({ description: "Lever's id of the user it was performed as there." }),
    hash: z.string(),
    previousHash: z.string().nullable().meta({ description: 'Of the record before; null in the first.' }),
  })
  .meta({ id: 'AuditEvent' })
const VerificationView = z.object({
  valid: z.boolean(),
  checked: z.int(),
  firstBroken: z.string().optional().meta({ description: 'Id of the first record that was changed or follows a missing one.' }),
})

const TAG = 'Audit'

export function auditEventEndpoints({ audit }: { audit: Audit }): Endpoint[] {
  return [
    defineEndpoint({
      method: 'get',
      path: '/audit-events',
      tag: TAG,
      summary: 'Who did what, when, as which Lever user',
      access: 'admin',
      query: pageQuery,
      answers: { 200: { description: 'Newest first', schema: pageOf(AuditEventView) } },
      handle: async ({ caller, query }) => ({ status: 200, body: await audit.list(caller.organization, query) }),
    }),
    defineEndpoint({
      method: 'get',
      path: '/audit-events/verify',
      tag: TAG,
      summary: 'Recompute the chain of hashes',
      access: 'admin',
      answers: { 200: { description: 'Whether every record is unchanged and none is missing', schema: VerificationView } },
      handle: async ({ caller }) => ({ status: 200, body: await audit.verify(caller.organization) }),
    }),
  ]
}

import { z } from 'zod'
import { clearanceOf, type Clearance } from '../../accounts/clearance.ts'
import { actorOf, type OrganizationCaller } from '../../accounts/caller.ts'
import { normalizeEmail } from '../../accounts/email-address.ts'
import { CandidateInput } from '../../candidates/candidate-input.ts'
import { ON_DUPLICATE } from '../../export/export-model.ts'
import { EXPORT_STATUSES, ExportView } from '../../export/export-view.ts'
import type { Exports } from '../../export/exports.ts'
import { PreviewView } from '../../export/request/preview-export.ts'
import type { CarriedCandidate } from '../../export/request/create-request.ts'
import { assertSpeaksFor } from '../shell/speaks-for.ts'
import { defineEndpoint, type Endpoint } from './endpoint.ts'
import { pageOf, pageQuery } from './paging.ts'
import { plainText } from './request-fields.ts'

const Id = z.string().min(1).max(100)

const ExportInput = z
  .strictObject({
    candidateId: Id.optional(),
    candidate: CandidateInput.optional().describe(
      'Instead of candidateId. The candidate is created, or updated if its externalId is known',
    ),
    requestedBy: z.string().trim().min(3).max(320).describe('Email address of the person that the candidate is exported for'),
    postingId: Id.optional(),
    requisitionId: Id.optional(),
    note: plainText(10_000).optional(),
    onDuplicate: z.enum(ON_DUPLICATE).optional().describe('Default: stop'),
  })
  .refine(({ candidateId, candidate }) => (candidateId === undefined) !== (candidate === undefined), {
    path: ['candidateId'],
    message: 'must have either candidateId or candidate',
  })
  .meta({ id: 'ExportInput' })

const ListQuery = pageQuery.extend({
  status: z.enum(EXPORT_STATUSES).optional(),
  batchId: Id.optional(),
  candidateId: Id.optional(),
})

export interface ExportRoutesDeps {
  exports: Exports
  candidates: {
    create: (organization: string, input: CandidateInput, clearance: Clearance) => Promise<{ candidate: { id: string } }>
    /** Resolves to the candidate that `create` would store, without writing; `id` is null unless the candidate exists already. */
    imagine: (organization: string, input: CandidateInput) => Promise<{ id: string | null; candidate: CarriedCandidate; erased: boolean }>
    find: (organization: string, id: string) => Promise<CarriedCandidate | null>
  }
}

const TAG = 'Exports'
const PARAMS = z.strictObject({ id: Id })
export const EXPORT_REFUSALS = [
  'user_inactive', 'user_not_mapped', 'mapping_inactive', 'lever_user_deactivated', 'connection_not_active', 'posting_closed', 'already_exported',
  'candidate_not_found', 'erased', 'posting_not_found', 'requisition_not_found', 'requisition_not_on_posting', 'posting_required',
] as const // prettier-ignore

export function exportEndpoints({ exports, candidates }: ExportRoutesDeps): Endpoint[] {
  return [
    defineEndpoint({
      method: 'post',
      path: '/exports',
      tag: TAG,
      summary: 'Export a candidate to Lever',
      description:
        'The export is accepted durably and starts at once; use GET to follow it. It creates one opportunity, even if something fails in between.',
      access: 'sourcer',
      body: ExportInput,
      answers: { 202: { description: 'Accepted', schema: ExportView } },
      problems: EXPORT_REFUSALS,
      check: ({ caller, body }) => assertSpeaksFor(caller, body.requestedBy),
      replay: async ({ caller }, kept) => ({
        status: kept.status,
        body: await exports.get(caller.organization, kept.id, clearanceOf(caller), ownOf(caller)),
      }),
      handle: async ({ caller, body, connection }) => {
        const { candidate, candidateId, ...wish } = body
        const { organization } = caller
        const clearance = clearanceOf(caller)
        const create = async (): Promise<string> =>
          candidate ? (await candidates.create(organization, candidate, clearance)).candidate.id : ''
        const accepted = await exports.request({
          ...wish,
          organization,
          clearance,
          candidateId: candidateId ?? create,
          requestedBy: normalizeEmail(body.requestedBy),
          actor: actorOf(caller),
          connection,
        })
        return { status: 202, body: accepted, result: { id: accepted.id } }
      },
    }),
    defineEndpoint({
      method: 'post',
      path: '/exports/preview',
      tag: TAG,
      summary: 'Preview an export',
      description: 'Shows the exact request, who is already in Lever, and what prevents the export. Writes nothing.',
      access: 'sourcer',
      reads: true,
      body: ExportInput,
      answers: { 200: { description: 'The preview', schema: PreviewView } },
      handle: async ({ caller, body }) => {
        assertSpeaksFor(caller, body.requestedBy)
        const { organization } = caller
        const known = body.candidate
          ? await candidates.imagine(organization, body.candidate)
          : { id: body.candidateId ?? null, candidate: await candidates.find(organization, body.candidateId ?? ''), erased: false }
        const wish = {
          ...body,
          requestedBy: normalizeEmail(body.requestedBy),
          organization,
          clearance: clearanceOf(caller),
          candidate: known.candidate,
          erased: known.erased,
        }
        return { status: 200, body: await exports.preview({ ...wish, candidateId: known.id ?? undefined }) }
      },
    }),
    defineEndpoint({
      method: 'get',
      path: '/exports',
      tag: TAG,
      summary: 'List exports, newest first',
      access: 'sourcer',
      query: ListQuery,
      answers: { 200: { description: 'A page of exports', schema: pageOf(ExportView) } },
      handle: async ({ caller, query: { limit, cursor, ...filters } }) => ({
        status: 200,
        body: await exports.list(caller.organization, { ...filters, requestedBy: ownOf(caller) }, clearanceOf(caller), { limit, cursor }),
      }),
    }),
    defineEndpoint({
      method: 'get',
      path: '/exports/{id}',
      tag: TAG,
      summary: 'Get an export',
      access: 'sourcer',
      params: PARAMS,
      answers: { 200: { description: 'The export', schema: ExportView } },
      problems: ['not_found'],
      handle: async ({ caller, params }) => ({
        status: 200,
        body: await exports.get(caller.organization, params.id, clearanceOf(caller), ownOf(caller)),
      }),
    }),
    ...(['retry', 'cancel'] as const).map((verb) =>
      defineEndpoint({
        method: 'post',
        path: `/exports/{id}/${verb}`,
        tag: TAG,
        summary: verb === 'retry' ? 'Retry a failed or canceled export, or the failed note of an exported one' : 'Cancel a queued export',
        access: 'sourcer',
        params: PARAMS,
        answers: { 202: { description: 'The export', schema: ExportView } },
        problems: verb === 'retry' ? ['not_found', 'not_retryable', 'already_exported'] : ['not_found', 'not_cancelable'],
        handle: async ({ caller, params }) => {
          const clearance = clearanceOf(caller)
          await exports.get(caller.organization, params.id, clearance, ownOf(caller))
          return { status: 202, body: await exports[verb](caller.organization, params.id, actorOf(caller), clearance) }
        },
      }),
    ),
  ]
}

/** Sourcers see only their own exports. */
export function ownOf(caller: OrganizationCaller): string | undefined {
  return caller.kind === 'person' && caller.role === 'sourcer' ? caller.email : undefined
}

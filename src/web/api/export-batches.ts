import { Readable } from 'node:stream'
import { z } from 'zod'
import { clearanceOf } from '../../accounts/clearance.ts'
import { actorOf } from '../../accounts/caller.ts'
import { normalizeEmail } from '../../accounts/email-address.ts'
import { ExportBatchView } from '../../export/bulk/batch-view.ts'
import { BulkAnswer } from '../../export/bulk/bulk-rejection.ts'
import type { BatchChange } from '../../export/bulk/change-batch.ts'
import { ON_DUPLICATE } from '../../export/export-model.ts'
import type { Exports } from '../../export/exports.ts'
import { BulkPreviewView, MOST_PREVIEWED } from '../../export/bulk/preview-bulk.ts'
import { MOST_IN_BULK } from '../../export/bulk/request-bulk.ts'
import { assertSpeaksFor } from '../shell/speaks-for.ts'
import { defineEndpoint, type Endpoint } from './endpoint.ts'
import { EXPORT_REFUSALS, ownOf } from './exports.ts'

const Id = z.string().min(1).max(100)
const TAG = 'Exports'
const PARAMS = z.strictObject({ id: Id })

const BulkInput = z
  .strictObject({
    candidateIds: z.array(Id).min(1).max(MOST_IN_BULK),
    requestedBy: z.string().trim().min(3).max(320).describe('Email address of the person that the candidates are exported for'),
    postingId: Id.optional(),
    requisitionId: Id.optional(),
    onDuplicate: z.enum(ON_DUPLICATE).optional().describe('Default: stop'),
  })
  .meta({ id: 'BulkExportInput' })

const BulkPreviewInput = BulkInput.extend({ candidateIds: z.array(Id).min(1).max(MOST_PREVIEWED) }).meta({ id: 'BulkExportPreviewInput' })

/** In a bulk export, the last three apply to single rows. */
const REFUSALS = EXPORT_REFUSALS.filter((code) => !['already_exported', 'candidate_not_found', 'erased'].includes(code))

const CHANGES: Record<BatchChange, string> = {
  pause: 'Pause a bulk export; running exports finish',
  resume: 'Resume a bulk export',
  cancel: 'Cancel the queued exports of a bulk export',
  retry: 'Retry the failed exports of a bulk export',
}

/** Bulk exports and their progress. */
export function exportBatchEndpoints({ exports }: { exports: Exports }): Endpoint[] {
  return [
    defineEndpoint({
      method: 'post',
      path: '/exports/bulk',
      tag: TAG,
      summary: 'Export many candidates to Lever',
      description:
        'The bulk export is accepted durably, as a whole. Candidates that cannot be exported are listed in `rejected`, and one that is listed twice is exported once. Exports of single candidates go first.',
      access: 'sourcer',
      body: BulkInput,
      answers: { 202: { description: 'Accepted', schema: BulkAnswer } },
      problems: REFUSALS,
      check: ({ caller, body }) => assertSpeaksFor(caller, body.requestedBy),
      async replay({ caller }, { id, status }) {
        await exports.getBatch(caller.organization, id, clearanceOf(caller), ownOf(caller))
        return { status, body: await exports.bulkAnswer(caller.organization, id) }
      },
      handle: async ({ caller, body }) => {
        const { organization } = caller
        const accepted = await exports.requestBulk({
          ...body,
          organization,
          clearance: clearanceOf(caller),
          requestedBy: normalizeEmail(body.requestedBy),
          actor: actorOf(caller),
        })
        return { status: 202, body: accepted, result: { id: accepted.batchId } }
      },
    }),
    defineEndpoint({
      method: 'post',
      path: '/exports/bulk/preview',
      tag: TAG,
      summary: 'Preview a bulk export',
      description: `Shows who has been seen in Lever and what prevents an export, from our own records, for at most ${MOST_PREVIEWED}. Writes nothing.`,
      access: 'sourcer',
      reads: true,
      body: BulkPreviewInput,
      answers: { 200: { description: 'The preview', schema: BulkPreviewView } },
      handle: async ({ caller, body }) => {
        assertSpeaksFor(caller, body.requestedBy)
        const clearance = clearanceOf(caller)
        const wish = { ...body, organization: caller.organization, requestedBy: normalizeEmail(body.requestedBy), clearance }
        return { status: 200, body: await exports.previewBulk(wish) }
      },
    }),
    ...batchEndpoints(exports),
  ]
}

function batchEndpoints(exports: Exports): Endpoint[] {
  return [
    defineEndpoint({
      method: 'get',
      path: '/export-batches/{id}',
      tag: TAG,
      summary: 'Get the progress of a bulk export',
      access: 'sourcer',
      params: PARAMS,
      answers: { 200: { description: 'The counts', schema: ExportBatchView } },
      problems: ['not_found'],
      handle: async ({ caller, params }) => ({
        status: 200,
        body: await exports.getBatch(caller.organization, params.id, clearanceOf(caller), ownOf(caller)),
      }),
    }),
    ...(Object.keys(CHANGES) as BatchChange[]).map((change) =>
      defineEndpoint({
        method: 'post',
        path: `/export-batches/{id}/${change}`,
        tag: TAG,
        summary: CHANGES[change],
        access: 'sourcer',
        params: PARAMS,
        answers: { 202: { description: 'The current progress', schema: ExportBatchView } },
        problems: ['not_found'],
        handle: async ({ caller, params }) => {
          const { organization } = caller
          const clearance = clearanceOf(caller)
          await exports.getBatch(organization, params.id, clearance, ownOf(caller))
          return {
            status: 202,
            body: await exports.changeBatch({ organization, id: params.id, change, actor: actorOf(caller), clearance }),
          }
        },
      }),
    ),
    defineEndpoint({
      method: 'get',
      path: '/export-batches/{id}/result.csv',
      tag: TAG,
      summary: 'Download the result for each candidate as CSV',
      description:
        'One line for each export in its current state, and one for each refused row. Text that a spreadsheet would run as a formula starts with an apostrophe.',
      access: 'sourcer',
      params: PARAMS,
      answers: { 200: { description: 'The lines', contentType: 'text/csv' } },
      problems: ['not_found'],
      handle: async ({ caller, params }) => ({
        status: 200,
        contentType: 'text/csv; charset=utf-8',
        headers: { 'Content-Disposition': `attachment; filename="export-${params.id}.csv"` },
        body: Readable.from(await exports.batchResultCsv(caller.organization, params.id, clearanceOf(caller), ownOf(caller))),
      }),
    }),
  ]
}

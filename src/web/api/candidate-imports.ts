import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { z } from 'zod'
import { actorOf, type OrganizationCaller } from '../../accounts/caller.ts'
import type { Candidates } from '../../candidates/candidates.ts'
import { IMPORT_STATUSES } from '../../candidates/candidate-import-model.ts'
import { CsvPreview } from '../../candidates/preview-csv.ts'
import { uploadedFile } from '../shell/uploaded-file.ts'
import { defineEndpoint, type Answer, type Endpoint, type KeptAnswer } from './endpoint.ts'
import { IdParams, queryFlag } from './request-fields.ts'

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
const UPLOAD = { contentTypes: ['text/csv', XLSX, 'multipart/form-data'], limitBytes: 50 * 1024 * 1024 }

const outcome = {
  created: z.int(),
  updated: z.int(),
  rejected: z
    .array(z.object({ line: z.int(), message: z.string() }))
    .max(1000)
    .meta({ description: 'The first 1,000 rows that were not taken; `line` counts the lines of the file, its first is 1.' }),
  rejectedCount: z.int().meta({ description: 'All rows that were not taken.' }),
  warnings: z
    .array(z.object({ line: z.int(), message: z.string() }))
    .max(1000)
    .meta({
      description:
        'The first 1,000 warnings about imported rows: a value was left out, or a row created a new candidate because the match was unclear.',
    }),
  warningCount: z.int().meta({ description: 'Number of warnings, including those beyond the first 1,000.' }),
  ignoredColumns: z
    .array(z.string())
    .meta({ description: 'The columns of the file that nothing was read from, as the file names them; cut at 200 characters.' }),
}
const ImportView = z.object(outcome).meta({ id: 'CandidateImportResult' })
const ImportStarted = z.object({ importId: z.string() }).meta({ id: 'CandidateImportStarted' })
const ProgressView = z
  .object({
    status: z.enum(IMPORT_STATUSES),
    linesDone: z.int(),
    ...outcome,
    error: z.object({ code: z.string(), detail: z.string() }).nullable().meta({ description: 'Why it failed.' }),
  })
  .meta({ id: 'CandidateImport' })

const ImportQuery = z.strictObject({
  allowErased: queryFlag.default(false).meta({ description: 'Enters people again who were erased here; else their rows are rejected.' }),
})
const TAG = 'Candidates'

export function candidateImportEndpoints({ candidates }: { candidates: Candidates }): Endpoint[] {
  return [
    defineEndpoint({
      method: 'post',
      path: '/candidates/import',
      tag: TAG,
      summary: 'Import candidates from a CSV or .xlsx file',
      description:
        'UTF-8, UTF-16 or windows-1252, with a header row of at most 1,000 columns; comma, semicolon or tab. Columns are the field names in any case, `email`, `phone`, `link`, `tag` also singular; several values in a cell are separated by `;`. ' +
        "Exports from LinkedIn, LinkedIn Recruiter, Evaboot, Apollo, ZoomInfo, Greenhouse, Google Contacts, Outlook and Thunderbird, and files made from Lever's import template, work as they are. A row without `externalId` is matched to a candidate by a personal profile page, else by e-mail. A page counts only if it clearly belongs to one person (on LinkedIn, Sales Navigator, Recruiter, GitHub, GitLab, X, Stack Overflow, Xing, Dribbble, Behance, and similar sites, in any form of its address). Websites, company pages, and addresses such as `info@` are not used for matching. A different profile on the same site rules out a match. A row that could match several people creates a new candidate, with a warning. " +
        'Phones are taken over as E.164, `+12125550123 ext. 5`, where they name their country or the row does; else as they are. ' +
        'A cell holds at most 300 characters; in `headline`, `location` and `summary` 10,000, in `profileUrl` 2,000, and in columns of several values 20,000. ' +
        'An .xlsx file may have at most 10 MB. Only its first visible sheet is read: formulas as their last calculated value (one without any is left out, with a warning), dates as ISO 8601, numbers with all their digits. `line` is the row number.',
      access: 'sourcer',
      query: ImportQuery,
      upload: UPLOAD,
      answers: {
        200: { description: 'Imported', schema: ImportView },
        202: { description: 'A file over 1 MB: imported in the background', schema: ImportStarted },
      },
      keyedUpload: true,
      handle: async ({ caller, query, incoming, once }) =>
        candidates.withReceivedFile(await sentFile(incoming), (file) =>
          once(
            { file: file.digest, ...query },
            async () => {
              const { importId, ended } = await candidates.importReceived(caller.organization, file, { ...query, actor: actorOf(caller) })
              return answerOf(candidates, caller, { id: importId, status: ended ? 200 : 202 })
            },
            (kept) => answerOf(candidates, caller, kept),
          ),
        ),
    }),
    defineEndpoint({
      method: 'post',
      path: '/candidates/import/preview',
      tag: TAG,
      summary: 'Preview how a CSV or .xlsx file would be read, without importing it',
      access: 'sourcer',
      reads: true,
      upload: UPLOAD,
      answers: { 200: { description: 'Its columns and first rows', schema: CsvPreview } },
      handle: async ({ incoming }) => ({ status: 200, body: await candidates.previewCsv(await sentFile(incoming)) }),
    }),
    ...backgroundImports(candidates),
  ]
}

async function answerOf(candidates: Candidates, caller: OrganizationCaller, { id, status }: KeptAnswer): Promise<Answer> {
  const { created, updated, rejected, rejectedCount, warnings, warningCount, ignoredColumns } = await candidates.getImport(
    caller.organization,
    id,
    importsOf(caller),
  )
  if (status === 202) return { status, body: { importId: id }, result: { id } }
  return { status, body: { created, updated, rejected, rejectedCount, warnings, warningCount, ignoredColumns }, result: { id } }
}

/** Whose imports somebody sees: a sourcer only their own, from any session; admins and API keys those of the organization. */
export function importsOf(caller: OrganizationCaller): string | undefined {
  return caller.kind === 'person' && caller.role === 'sourcer' ? actorOf(caller) : undefined
}

function backgroundImports(candidates: Candidates): Endpoint[] {
  return [
    defineEndpoint({
      method: 'get',
      path: '/candidate-imports/{id}',
      tag: TAG,
      summary: 'How far an import in the background is',
      description: 'A sourcer sees only their own imports.',
      access: 'sourcer',
      params: IdParams,
      answers: { 200: { description: 'The import', schema: ProgressView } },
      handle: async ({ caller, params }) => ({
        status: 200,
        body: await candidates.getImport(caller.organization, params.id, importsOf(caller)),
      }),
    }),
    defineEndpoint({
      method: 'get',
      path: '/candidate-imports/{id}/rejected.csv',
      tag: TAG,
      summary: 'Rows that an import did not take: the first 1,000',
      description:
        'With the line, the reason, and the row as the file has it, to be corrected and imported again. A sourcer sees only their own imports. What a spreadsheet would run as a formula begins with an apostrophe, which an import takes away.',
      access: 'sourcer',
      params: IdParams,
      answers: { 200: { description: 'The rows', contentType: 'text/csv' } },
      handle: async ({ caller, params }) => ({
        status: 200,
        contentType: 'text/csv; charset=utf-8',
        headers: { 'Content-Disposition': `attachment; filename="rejected-${params.id}.csv"` },
        body: Readable.from(await candidates.getRejectedCsv(caller.organization, params.id, importsOf(caller))),
      }),
    }),
  ]
}

function sentFile(incoming: IncomingMessage): Promise<AsyncIterable<Uint8Array>> {
  return uploadedFile(incoming, { field: 'file', limitBytes: UPLOAD.limitBytes })
}

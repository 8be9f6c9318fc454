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
    .meta({ description: 'The first 1,000 rejected rows. `line` is the line number in the file, starting at 1.' }),
  rejectedCount: z.int().meta({ description: 'Number of rejected rows, including those beyond the first 1,000.' }),
  warnings: z
    .array(z.object({ line: z.int(), message: z.string() }))
    .max(1000)
    .meta({
      description:
        'The first 1,000 warnings about imported rows: a value was not imported, or a row created a new candidate because the match was unclear.',
    }),
  warningCount: z.int().meta({ description: 'Number of warnings, including those beyond the first 1,000.' }),
  ignoredColumns: z
    .array(z.string())
    .meta({ description: 'The columns that were not imported, as named in the file, cut at 200 characters.' }),
}
const ImportView = z.object(outcome).meta({ id: 'CandidateImportResult' })
const ImportStarted = z.object({ importId: z.string() }).meta({ id: 'CandidateImportStarted' })
const ProgressView = z
  .object({
    status: z.enum(IMPORT_STATUSES),
    linesDone: z.int(),
    ...outcome,
    error: z.object({ code: z.string(), detail: z.string() }).nullable().meta({ description: 'Why the import failed.' }),
  })
  .meta({ id: 'CandidateImport' })

const ImportQuery = z.strictObject({
  allowErased: queryFlag.default(false).meta({ description: 'Adds erased people again. Without it, their rows are rejected.' }),
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
        'The file is UTF-8, UTF-16 or windows-1252, with a header row of at most 1,000 columns, separated by comma, semicolon or tab. Column names are the field names in any case; `email`, `phone`, `link` and `tag` also work in the singular. Separate several values in a cell with `;`. ' +
        "Exports from LinkedIn, LinkedIn Recruiter, Evaboot, Apollo, ZoomInfo, Greenhouse, Google Contacts, Outlook and Thunderbird, and files made from Lever's import template, work as they are. A row without `externalId` is matched to a candidate by a personal profile page, otherwise by email. A page counts only if it clearly belongs to one person (on LinkedIn, Sales Navigator, Recruiter, GitHub, GitLab, X, Stack Overflow, Xing, Dribbble, Behance, and similar sites, in any form of its address). Websites, company pages, and addresses such as `info@` are not used for matching. A different profile on the same site rules out a match. A row that could match several people creates a new candidate, with a warning. " +
        'Phone numbers are stored as E.164, such as `+12125550123 ext. 5`, if they or the row name a country. Otherwise they are stored as they are. ' +
        'A cell can have at most 300 characters; in `headline`, `location` and `summary` 10,000, in `profileUrl` 2,000, and in columns with several values 20,000. ' +
        'An .xlsx file can have at most 10 MB. Only its first visible sheet is read. Formulas are read as their last calculated value (a formula without one is skipped with a warning), dates as ISO 8601, and numbers with all their digits. `line` is the row number.',
      access: 'sourcer',
      query: ImportQuery,
      upload: UPLOAD,
      answers: {
        200: { description: 'Imported', schema: ImportView },
        202: { description: 'The file is over 1 MB and is imported in the background', schema: ImportStarted },
      },
      keyedUpload: true,
      handle: async ({ caller, query, incoming, once }) =>
        candidates.withReceivedFile(caller.organization, await sentFile(incoming), (file) =>
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
      answers: { 200: { description: 'The columns and first rows', schema: CsvPreview } },
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

/** The `importsOf` filter: a sourcer sees only their own imports, from any session; admins and API keys see all of the organization's. */
export function importsOf(caller: OrganizationCaller): string | undefined {
  return caller.kind === 'person' && caller.role === 'sourcer' ? actorOf(caller) : undefined
}

function backgroundImports(candidates: Candidates): Endpoint[] {
  return [
    defineEndpoint({
      method: 'get',
      path: '/candidate-imports/{id}',
      tag: TAG,
      summary: 'Get the progress of a background import',
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
      summary: 'List the first 1,000 rejected rows of an import',
      description:
        'Each row has its line, the reason, and the cells as in the file, so that you can correct and import it again. A sourcer sees only their own imports. Text that a spreadsheet would run as a formula starts with an apostrophe, which an import removes.',
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

import { z } from 'zod'
import type { Candidates } from '../../candidates/candidates.ts'
import { IMPORT_STATUSES } from '../../candidates/candidate-import-model.ts'
import { uploadedFile } from '../middleware/uploaded-file.ts'
import { defineEndpoint, type Endpoint } from './endpoint.ts'
import { IdParams } from './id-params.ts'
import { queryFlag } from './query-flag.ts'

const LIMIT_BYTES = 50 * 1024 * 1024

const outcome = {
  created: z.int(),
  updated: z.int(),
  rejected: z
    .array(z.object({ line: z.int(), message: z.string() }))
    .max(1000)
    .meta({ description: 'The first 1,000 rows that were not taken; `line` counts the lines of the file, its first is 1.' }),
  rejectedCount: z.int().meta({ description: 'All rows that were not taken.' }),
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
      summary: 'Import candidates from a CSV file',
      description:
        'UTF-8, with a header row; comma, semicolon or tab. Columns are the field names in any case, `email`, `phone`, `link`, `tag` also singular; several values in a cell are separated by `;`. ' +
        "LinkedIn's export of connections is read as it is. A row without `externalId` is matched to a candidate by link, else by e-mail.",
      access: 'sourcer',
      query: ImportQuery,
      upload: { contentTypes: ['text/csv', 'multipart/form-data'], limitBytes: LIMIT_BYTES },
      answers: {
        200: { description: 'Imported', schema: ImportView },
        202: { description: 'A file over 1 MB: imported in the background', schema: ImportStarted },
      },
      handle: async ({ caller, query, incoming }) => {
        const file = await uploadedFile(incoming, { field: 'file', limitBytes: LIMIT_BYTES })
        const start = await candidates.importFile(caller.organization, file, query)
        return 'summary' in start ? { status: 200, body: start.summary } : { status: 202, body: start }
      },
    }),
    defineEndpoint({
      method: 'get',
      path: '/candidate-imports/{id}',
      tag: TAG,
      summary: 'How far an import in the background is',
      access: 'sourcer',
      params: IdParams,
      answers: { 200: { description: 'The import', schema: ProgressView } },
      handle: async ({ caller, params }) => ({ status: 200, body: await candidates.getImport(caller.organization, params.id) }),
    }),
  ]
}

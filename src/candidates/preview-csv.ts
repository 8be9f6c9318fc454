import { z } from 'zod'
import { CandidateInput } from './candidate-input.ts'
import { openCsv, type CsvCandidate } from './csv/csv-candidates.ts'
import { CSV_FIELDS } from './csv/column-names.ts'
import { CSV_DELIMITERS } from './csv/csv-header.ts'
import { CSV_ENCODINGS } from './csv/csv-text.ts'
import { holdBytes } from './held-bytes.ts'
import { mergedOrFault } from './import-rows.ts'

import { openTable, type Table } from './xlsx/spreadsheet-as-csv.ts'

const SHOWN_ROWS = 5
const LONGEST_SHOWN = 200

export const CsvPreview = z
  .object({
    encoding: z.enum(CSV_ENCODINGS),
    delimiter: z.enum(CSV_DELIMITERS),
    sheet: z.object({ name: z.string(), others: z.int() }).nullable().meta({
      description: 'For an .xlsx file: the first visible sheet, which is read, and how many sheets are not read. Null for a CSV file.',
    }),
    columns: z.array(
      z.object({
        header: z.string(),
        field: z
          .enum(CSV_FIELDS)
          .nullable()
          .meta({ description: 'The field that the column fills, or a part of it; null if the column is ignored.' }),
      }),
    ),
    rows: z.array(
      z.object({
        line: z.int(),
        cells: z.array(z.string()).meta({ description: 'Cut at 200 characters.' }),
        candidate: CandidateInput.nullable().meta({ description: 'The candidate as it would be imported.' }),
        message: z.string().nullable().meta({ description: 'Why the row would be rejected, judged by the row alone.' }),
        warnings: z.array(z.string()).meta({ description: 'Values that would not be imported, judged by the row alone.' }),
      }),
    ),
  })
  .meta({ id: 'CandidateImportPreview', description: 'How a CSV or .xlsx file would be read: its columns and its first rows.' })
export type CsvPreview = z.output<typeof CsvPreview>

/**
 * Previews how a CSV or .xlsx file would be read. Reads only as many pieces of a CSV file as the preview needs.
 * @throws ServiceError `invalid_request` without a usable header row, or for a spreadsheet that cannot be read; `payload_too_large`
 */
export async function previewCsv(chunks: AsyncIterable<Uint8Array>): Promise<CsvPreview> {
  const held = holdBytes()
  try {
    return await previewTable(await openTable(chunks, held))
  } finally {
    held.release()
  }
}

async function previewTable({ pieces, sheet }: Table): Promise<CsvPreview> {
  const { text, header, rows, close } = await openCsv(pieces)
  const shown: CsvPreview['rows'] = []
  for await (const row of rows) {
    shown.push(toShown(row))
    if (shown.length === SHOWN_ROWS) break
  }
  await close()
  return {
    encoding: text.encoding,
    delimiter: header.delimiter,
    sheet,
    columns: header.names.map((name, at) => ({ header: name.slice(0, LONGEST_SHOWN), field: header.columns[at]?.field ?? null })),
    rows: shown,
  }
}

function toShown({ line, cells, ...reading }: CsvCandidate): CsvPreview['rows'][number] {
  const message = 'fault' in reading ? reading.fault : incompleteness(reading)
  return {
    line,
    cells: cells.map((cell) => cell.slice(0, LONGEST_SHOWN)),
    candidate: 'input' in reading && message === null ? reading.input : null,
    message,
    warnings: 'input' in reading && message === null ? reading.warnings : [],
  }
}

/** Returns what is missing for a new candidate, unless the row may match an existing one. */
function incompleteness(reading: { input: CandidateInput; warnings: string[] }): string | null {
  const { input } = reading
  const isFindable = [input.externalId, input.profileUrl, input.emails, input.links].some((value) => value !== undefined)
  const merged = isFindable ? null : mergedOrFault(null, reading)
  return typeof merged === 'string' ? merged : null
}

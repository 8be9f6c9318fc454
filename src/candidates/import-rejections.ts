import type { ClientSession, Types } from 'mongoose'
import { csvLine } from '../csv-cell.ts'
import { nameFinder } from '../people/name-finder.ts'
import type { CandidateImportDocument } from './candidate-import-model.ts'
import { ImportRejectionModel, type ImportRejectionDocument } from './import-rejection-model.ts'
import type { RejectedRow } from './import-rows.ts'

/** Spreadsheets recognize UTF-8 by it. */
const BYTE_ORDER_MARK = '\uFEFF'
const OUR_COLUMNS = ['Line', 'Rejected because']

/** The number of rejected rows that are kept for each import; all are counted. */
export const MOST_REJECTED = 1000

type Import = Pick<CandidateImportDocument, '_id' | 'organization'>
type ImportKeys = Import & Pick<CandidateImportDocument, 'expiresAt'>

/** Stores rejected rows in the transaction that counts them. */
export async function keepRejections(
  { _id, organization, expiresAt }: ImportKeys,
  rejected: readonly RejectedRow[],
  session: ClientSession,
): Promise<void> {
  const documents = rejected.map((row) => ({ ...row, organization, import: _id, expiresAt }))
  if (documents.length > 0) await ImportRejectionModel.collection.insertMany(documents, { session })
}

/** Returns rejected rows in file order. */
export async function listRejections({ _id, organization }: Import): Promise<{ line: number; message: string }[]> {
  const found = await ImportRejectionModel.find({ organization, import: _id }, { line: 1, message: 1 })
    .sort({ line: 1 })
    .limit(MOST_REJECTED)
    .lean<ImportRejectionDocument[]>()
  return found.map(({ line, message }) => ({ line, message }))
}

/**
 * Returns the first {@link MOST_REJECTED} rejected rows as CSV, to be corrected and imported again. Each row has its
 * line, the reason, and its cells under the file's own column names. If the file was such a CSV itself, its line and
 * reason columns are left out. Uses constant memory.
 */
export async function* rejectionsCsv({ _id, organization, columns }: Import & { columns: readonly string[] }): AsyncGenerator<string> {
  const isOurs = OUR_COLUMNS.every((name, at) => columns[at] === name)
  const others = (cells: readonly string[]) => (isOurs && cells.length > 1 ? cells.slice(OUR_COLUMNS.length) : cells)
  yield BYTE_ORDER_MARK + csvLine([...OUR_COLUMNS, ...others(columns)])
  const found = ImportRejectionModel.find({ organization, import: _id }).sort({ line: 1 }).lean<ImportRejectionDocument>().cursor() // prettier-ignore
  for await (const { line, message, cells } of found) yield csvLine([String(line), message, ...others(cells)])
}

/**
 * Deletes kept rows that contain one of these texts; phones are compared by their digits.
 * @returns the number deleted
 */
export async function forgetRejections(organization: string, texts: readonly string[]): Promise<number> {
  const naming: Types.ObjectId[] = []
  const isNamed = nameFinder(texts)
  for await (const row of ImportRejectionModel.find({ organization }).lean<ImportRejectionDocument>().cursor()) {
    if (isNamed([row.message, ...row.cells].join(' '))) naming.push(row._id)
  }
  if (naming.length === 0) return 0
  return (await ImportRejectionModel.deleteMany({ organization, _id: { $in: naming } })).deletedCount
}

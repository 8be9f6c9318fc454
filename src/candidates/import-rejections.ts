import type { ClientSession, Types } from 'mongoose'
import { csvLine } from '../csv-cell.ts'
import { nameFinder } from '../people/name-finder.ts'
import type { CandidateImportDocument } from './candidate-import-model.ts'
import { ImportRejectionModel, type ImportRejectionDocument } from './import-rejection-model.ts'
import type { RejectedRow } from './import-rows.ts'

/** By which spreadsheets know UTF-8. */
const BYTE_ORDER_MARK = '\uFEFF'
const OUR_COLUMNS = ['Line', 'Rejected because']

/** So many rows that were not taken are kept of an import; all are counted. */
export const MOST_REJECTED = 1000

type ImportKeys = Pick<CandidateImportDocument, '_id' | 'organization' | 'expiresAt'>

/** Keeps rows that were not taken, within the transaction that counts them. */
export async function keepRejections(
  { _id, organization, expiresAt }: ImportKeys,
  rejected: readonly RejectedRow[],
  session: ClientSession,
): Promise<void> {
  const documents = rejected.map((row) => ({ ...row, organization, import: _id, expiresAt }))
  if (documents.length > 0) await ImportRejectionModel.collection.insertMany(documents, { session })
}

/** In the order of the file. */
export async function listRejections(importId: Types.ObjectId): Promise<{ line: number; message: string }[]> {
  const found = await ImportRejectionModel.find({ import: importId }, { line: 1, message: 1 })
    .sort({ line: 1 })
    .limit(MOST_REJECTED)
    .lean<ImportRejectionDocument[]>()
  return found.map(({ line, message }) => ({ line, message }))
}

/**
 * The rows that an import has not taken so far, the first {@link MOST_REJECTED} of them, as a CSV to correct and import again: where each stood, why it was not taken, and its
 * cells under the file's own names of columns; where the file was such a one itself, what that said is left out. In constant memory.
 */
export async function* rejectionsCsv(importId: Types.ObjectId, columns: readonly string[]): AsyncGenerator<string> {
  const isOurs = OUR_COLUMNS.every((name, at) => columns[at] === name)
  const others = (cells: readonly string[]) => (isOurs && cells.length > 1 ? cells.slice(OUR_COLUMNS.length) : cells)
  yield BYTE_ORDER_MARK + csvLine([...OUR_COLUMNS, ...others(columns)])
  const found = ImportRejectionModel.find({ import: importId }).sort({ line: 1 }).lean<ImportRejectionDocument>().cursor() // prettier-ignore
  for await (const { line, message, cells } of found) yield csvLine([String(line), message, ...others(cells)])
}

/** Removes kept rows that name one of these texts, phones by their digits. @returns how many */
export async function forgetRejections(organization: string, texts: readonly string[]): Promise<number> {
  const naming: Types.ObjectId[] = []
  const isNamed = nameFinder(texts)
  for await (const row of ImportRejectionModel.find({ organization }).lean<ImportRejectionDocument>().cursor()) {
    if (isNamed([row.message, ...row.cells].join(' '))) naming.push(row._id)
  }
  if (naming.length === 0) return 0
  return (await ImportRejectionModel.deleteMany({ organization, _id: { $in: naming } })).deletedCount
}

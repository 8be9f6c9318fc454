import type { ClientSession } from 'mongoose'
import type { CandidateImportDocument } from './candidate-import-model.ts'
import type { RowWarning } from './import-rows.ts'
import { ImportWarningModel, type ImportWarningDocument } from './import-warning-model.ts'

/** The number of warnings that are kept for each import; all are counted. */
export const MOST_WARNINGS = 1000

/** Saves warnings in the transaction that counts them. */
export async function keepWarnings(
  { _id, organization, expiresAt }: Pick<CandidateImportDocument, '_id' | 'organization' | 'expiresAt'>,
  warnings: readonly RowWarning[],
  session: ClientSession,
): Promise<void> {
  const documents = warnings.map((warning) => ({ ...warning, organization, import: _id, expiresAt }))
  if (documents.length > 0) await ImportWarningModel.collection.insertMany(documents, { session })
}

/** Returns warnings in file order. */
export async function listWarnings({ _id, organization }: Pick<CandidateImportDocument, '_id' | 'organization'>): Promise<RowWarning[]> {
  const found = await ImportWarningModel.find({ organization, import: _id }, { line: 1, message: 1 })
    .sort({ line: 1, _id: 1 })
    .limit(MOST_WARNINGS)
    .lean<ImportWarningDocument[]>()
  return found.map(({ line, message }) => ({ line, message }))
}

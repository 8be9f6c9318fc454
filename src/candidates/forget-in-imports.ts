import { CandidateImportModel, type CandidateImportDocument } from './candidate-import-model.ts'

/**
 * Forgets a person in what is kept of imports: rejected rows that name one of these texts. A file that is being read may hold the
 * person too: `underWay` until it is gone.
 * @param since imports begun later refuse the person themselves
 */
export async function forgetInImports(
  organization: string,
  texts: readonly string[],
  since: Date,
): Promise<{ removed: number; underWay: boolean }> {
  const reading = await CandidateImportModel.exists({ organization, status: 'running', createdAt: { $lte: since } })
  let removed = 0
  for await (const one of CandidateImportModel.find({ organization, 'rejected.0': { $exists: true } }).lean<CandidateImportDocument>()) {
    const lines = one.rejected.filter(({ message }) => names(message ?? '', texts)).map(({ line }) => line)
    if (lines.length === 0) continue
    await CandidateImportModel.updateOne({ _id: one._id }, { $pull: { rejected: { line: { $in: lines } } } })
    removed += 1
  }
  return { removed, underWay: reading !== null }
}

function names(message: string, texts: readonly string[]): boolean {
  const searched = message.toLowerCase()
  return texts.some((text) => searched.includes(text.toLowerCase()))
}

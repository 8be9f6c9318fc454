import { CandidateImportModel } from './candidate-import-model.ts'
import { dropFile, ORPHAN_AFTER_MS } from './import-files.ts'
import { forgetRejections } from './import-rejections.ts'

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
  await dropReadFiles(organization)
  const reading = await CandidateImportModel.exists({ organization, status: 'running', createdAt: { $lte: since } })
  return { removed: await forgetRejections(organization, texts), underWay: reading !== null }
}

/** Those that a killed process left behind; older ones the sweep takes. */
async function dropReadFiles(organization: string): Promise<void> {
  const ended = { organization, status: { $ne: 'running' }, createdAt: { $gt: new Date(Date.now() - 2 * ORPHAN_AFTER_MS) } } as const
  for (const file of await CandidateImportModel.distinct('file', ended)) await dropFile(file)
}

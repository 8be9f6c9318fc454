import { CLOCK_MARGIN_MS } from '../work/work-fields.ts'
import { CandidateImportModel } from './candidate-import-model.ts'
import { dropFile, ORPHAN_AFTER_MS } from './import-files.ts'
import { forgetRejections } from './import-rejections.ts'

/**
 * Deletes the rejected rows of imports that contain one of these texts. `underWay` is true while a file that may
 * contain the person is still being read.
 * @param since the time of the erasure; imports that started later reject the person's rows themselves
 */
export async function forgetInImports(
  organization: string,
  texts: readonly string[],
  since: Date,
): Promise<{ removed: number; underWay: boolean }> {
  await dropReadFiles(organization)
  const before = new Date(since.getTime() + CLOCK_MARGIN_MS) // other processes dated the imports
  const reading = await CandidateImportModel.exists({ organization, status: 'running', createdAt: { $lte: before } })
  return { removed: await forgetRejections(organization, texts), underWay: reading !== null }
}

/** Deletes files that a killed process left behind. The regular sweep deletes older ones. */
async function dropReadFiles(organization: string): Promise<void> {
  const ended = { organization, status: { $ne: 'running' }, createdAt: { $gt: new Date(Date.now() - 2 * ORPHAN_AFTER_MS) } } as const
  for (const file of await CandidateImportModel.distinct('file', ended)) await dropFile(file)
}

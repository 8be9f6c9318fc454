import type { ClientSession, QueryFilter } from 'mongoose'
import { isServiceError, ServiceError } from '../errors.ts'
import { heldBy, LeaseLost, type Claimed } from '../work/claim.ts'
import { writeStep } from '../work/write-step.ts'
import { CandidateImportModel, type CandidateImportDocument } from './candidate-import-model.ts'
import type { ErasedPeople } from './erased-people.ts'
import { readBatches, rowsOf } from './import-csv.ts'
import { dropFile, hasFile, readFile } from './import-files.ts'
import { keepRejections, MOST_REJECTED } from './import-rejections.ts'
import { importRows, type RowsOutcome } from './import-rows.ts'
import { keepWarnings, MOST_WARNINGS } from './import-warnings.ts'
import type { NoteImportEnd } from './note-import-end.ts'
import type { WatchStages } from './stage-entries.ts'
import { planImport } from './who-is-who/import-plan.ts'

interface RunImportDeps {
  erased: ErasedPeople
  watchStages: WatchStages
  noteEnd: NoteImportEnd
}

/** An import fails after this many workers have claimed it without finishing. */
const MOST_CLAIMS = 25
/**
 * Planning reads the whole file. If two workers ended before the next row was durable, a later row may have caused
 * it, so the import then runs without a plan.
 */
const MOST_PLANS = 2
/** A row is left out after this many workers have ended on it. */
const MOST_TRIES = 3
const REFUSED = `The import was interrupted ${MOST_TRIES} times at this row, so the row was skipped.`
/**
 * The number of rows read one at a time after a worker ended without progress: twice what a worker may have read
 * beyond the last durable row.
 */
const CAREFUL_ROWS = 1000

/**
 * Reads the rest of a stored file. Each batch of rows is written together with the progress, so that the next worker
 * counts no row twice after a kill. If a worker ended without progress, the next one reads row by row; after three
 * tries it leaves out the row that causes it.
 * @throws LeaseLost if another worker has taken it over; after any other error the import can be claimed again
 */
export async function runImport(claimed: Claimed<CandidateImportDocument>, deps: RunImportDeps): Promise<void> {
  const { file, linesDone, allowErased } = claimed.document
  let { rejectedCount } = claimed.document
  let warningCount = claimed.document.warningCount ?? 0
  const { erased, watchStages } = deps
  const failure = await failureOf(claimed)
  if (failure) return finish(claimed, { status: 'failed', error: { code: failure.code, detail: failure.message } }, deps)
  const tries = await countTry(claimed)
  const isRefusing = tries > MOST_TRIES
  const isCareful = tries > 1 && !isRefusing
  const resumeAt = { after: linesDone, refuseNext: isRefusing ? REFUSED : null }
  const singly = isRefusing ? 1 : isCareful ? CAREFUL_ROWS : 0
  try {
    const organization = claimed.document.organization.toHexString()
    const plan = tries > MOST_PLANS ? null : await planImport(organization, await rowsOf(readFile(file)), claimed.document._id)
    const batches = readBatches(readFile(file), { resumeAt, singly, plan })
    for await (const { lastLine, ...batch } of isCareful ? batches : oneAhead(batches)) {
      const outcome = await importRows(
        organization,
        batch,
        { erased, allowErased, watchStages },
        {
          plan,
          keepAtMost: { rejected: Math.max(0, MOST_REJECTED - rejectedCount), warnings: Math.max(0, MOST_WARNINGS - warningCount) },
          alongside: (written, session) => saveProgress(claimed, lastLine, written, session),
        },
      )
      rejectedCount += outcome.rejectedCount
      warningCount += outcome.warningCount
    }
  } catch (error) {
    if (!isServiceError(error, 'invalid_request')) throw error
    return finish(claimed, { status: 'failed', error: { code: error.code, detail: error.message } }, deps)
  }
  return finish(claimed, { status: 'finished', error: null }, deps)
}

/**
 * Counts a new try of the rows after the last durable one, before anything is read.
 * @returns the number of the try, from 1
 */
async function countTry(claimed: Claimed<CandidateImportDocument>): Promise<number> {
  const { linesDone, tries } = claimed.document
  const count = tries?.after === linesDone ? (tries.count ?? 0) + 1 : 1
  await writeStep(CandidateImportModel, claimed, { set: { tries: { after: linesDone, count } } })
  return count
}

async function failureOf({ document }: Claimed<CandidateImportDocument>): Promise<ServiceError | null> {
  if (document.fence > MOST_CLAIMS) return new ServiceError('internal_error', 'The import was interrupted too often.')
  if (await hasFile(document.file)) return null
  return new ServiceError('internal_error', 'The file is no longer stored here: send it again.')
}

async function saveProgress(
  claimed: Claimed<CandidateImportDocument>,
  linesDone: number,
  outcome: RowsOutcome,
  session: ClientSession,
): Promise<void> {
  const { created, updated, rejected, rejectedCount, warnings, warningCount } = outcome
  const written = await CandidateImportModel.updateOne(
    heldBy(claimed) as QueryFilter<CandidateImportDocument>,
    {
      $set: { linesDone, tries: { after: linesDone, count: 1 } },
      $inc: { created, updated, rejectedCount, warningCount },
    },
    { session },
  )
  if (written.matchedCount === 0) throw new LeaseLost(String(claimed.document._id))
  await keepRejections(claimed.document, rejected, session)
  await keepWarnings(claimed.document, warnings, session)
}

type End = { status: 'finished' | 'failed'; error: CandidateImportDocument['error'] }

async function finish(claimed: Claimed<CandidateImportDocument>, end: End, { noteEnd }: RunImportDeps): Promise<void> {
  const ended = await writeStep(CandidateImportModel, claimed, { set: end, now: ['finishedAt'], release: 'never' })
  const { _id, organization, created, updated, rejectedCount: rejected } = ended
  const code = end.error?.code ? { code: end.error.code } : {}
  noteEnd({ organization: String(organization), import: String(_id), outcome: end.status, created, updated, rejected, ...code })
  await dropFile(ended.file)
}

/** Yields the same items, and prepares the next one while the current one is processed. */
export async function* oneAhead<T>(source: AsyncGenerator<T>): AsyncGenerator<T> {
  try {
    for (let next = source.next(); ;) {
      const { done, value } = await next
      if (done === true) return
      next = source.next()
      next.catch(() => undefined) // the error surfaces at the await
      yield value
    }
  } finally {
    await source.return(undefined)
  }
}

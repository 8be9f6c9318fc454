import { linksOf } from './request/create-request.ts'
import { ExportModel, type ExportDocument } from './export-model.ts'
import type { ExportDeps } from './run/run-export-deps.ts'
import { DUE_NOW } from '../work/work-fields.ts'

const KEPT_ATTEMPTS = 50
const OPEN = ['queued', 'checking', 'sending', 'unclear'] as const
const ENDED = ['exported', 'failed', 'canceled'] as const
const ATTEMPT = { step: 'restore', outcome: 'unclear', detail: 'a backup was restored: the export may have been sent after the backup' }

export interface RestoredExports {
  exports: number
  notes: number
}

/**
 * Called after a backup was restored. An export that was open in the backup may have been sent since, so Lever is asked before anything is
 * sent. An export that had not been sent gets an intent as if it had, dated from its request. A note that is not written in the backup, also
 * one that failed and that a person may retry, is looked for among the opportunity's notes before it is posted. May run twice.
 */
export async function markRestored(deps: Pick<ExportDeps, 'findCandidate' | 'readTerms'>): Promise<RestoredExports> {
  let exports = 0
  for await (const document of ExportModel.find({ status: { $in: OPEN } })
    .lean<ExportDocument>()
    .cursor())
    exports += await markUnclear(document, deps)
  return { exports, notes: await markNotes() }
}

/** Leaves an export unchanged if its candidate no longer exists; a worker ends it. */
async function markUnclear(document: ExportDocument, deps: Pick<ExportDeps, 'findCandidate' | 'readTerms'>): Promise<number> {
  const { _id, organization, status, fence } = document
  const intent = document.intent ? { 'intent.looks': 0 } : await wouldBeIntent(document, deps)
  if (!intent) return 0
  const marked = await ExportModel.updateOne(
    { _id, organization, status, fence },
    {
      $set: {
        ...intent,
        ...(document.note?.status === 'queued' && !document.note.intentAt ? { 'note.intentAt': document.createdAt } : {}),
        status: 'unclear',
        waitingFor: 'settling',
        tries: 0,
        tryingSince: null,
        dueAt: DUE_NOW,
        claim: null,
        leaseUntil: null,
      },
      $push: { attempts: { $each: [{ at: new Date(), ...ATTEMPT }], $slice: -KEPT_ATTEMPTS } },
      $inc: { fence: 1 },
    },
  )
  return marked.modifiedCount
}

async function wouldBeIntent(document: ExportDocument, deps: Pick<ExportDeps, 'findCandidate' | 'readTerms'>) {
  const organization = String(document.organization)
  const candidate = await deps.findCandidate(organization, String(document.candidate))
  if (!candidate || !document.performAs) return null
  const { sourceName } = await deps.readTerms(organization)
  const intent = {
    at: document.createdAt,
    performAs: document.performAs.leverUserId,
    source: sourceName,
    postingId: document.posting?.postingId ?? null,
    name: candidate.name,
    emails: candidate.emails,
    links: linksOf(candidate),
  }
  return { intent }
}

async function markNotes(): Promise<number> {
  const waiting = { status: 'exported', 'note.status': 'queued', 'note.intentAt': null } as const
  const since = { $ifNull: ['$finishedAt', '$createdAt'] }
  const marked = await ExportModel.updateMany(
    waiting,
    [
      {
        $set: { 'note.intentAt': since, tryingSince: null, dueAt: '$$NOW', claim: null, leaseUntil: null, fence: { $add: ['$fence', 1] } },
      },
    ],
    { updatePipeline: true },
  )
  const ifRetried = { status: { $in: ENDED }, 'note.status': { $in: ['queued', 'failed'] }, 'note.intentAt': null } as const
  await ExportModel.updateMany(ifRetried, [{ $set: { 'note.intentAt': since } }], { updatePipeline: true })
  return marked.modifiedCount
}

import type { PipelineStage } from 'mongoose'
import { DUE_NOW } from '../../work/work-fields.ts'

/** Reopens a failed or canceled export in this lane and reserves its target again. With an intent, Fulcrum first looks for it in Lever. */
export function reopenStages(lane: number): PipelineStage.Set[] {
  const hasIntent = { $eq: [{ $type: '$intent' }, 'object'] }
  return [
    {
      $set: {
        status: { $cond: [hasIntent, 'unclear', 'queued'] },
        openKey: { $concat: [{ $toString: '$candidate' }, ':', { $ifNull: ['$posting.postingId', 'general'] }] },
        intent: { $cond: [hasIntent, { $mergeObjects: ['$intent', { looks: 0 }] }, null] },
        lane,
        error: null,
        resume: null,
        finishedAt: null,
        waitingFor: null,
        tries: 0,
        tryingSince: null,
        openedAt: '$$NOW',
        dueAt: DUE_NOW,
        fence: { $add: ['$fence', 1] },
      },
    },
  ]
}

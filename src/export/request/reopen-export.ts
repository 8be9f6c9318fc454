import type { PipelineStage } from 'mongoose'
import { DUE_NOW } from '../../work/work-fields.ts'

/** Opens a failed or canceled export again, in this lane: what may stand in Lever already is looked for first. Takes its target again. */
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

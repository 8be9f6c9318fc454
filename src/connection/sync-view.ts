import { z } from 'zod'

const maybeTime = z.string().meta({ format: 'date-time' }).nullable()

const OpportunitySyncView = z.object({
  complete: z.boolean().meta({ description: 'Whether all opportunities have been read once. After that, only changes are read.' }),
  records: z.number().int(),
  estimated: z.number().int().nullable().meta({ description: 'Estimated total while they are read for the first time.' }),
  perSecond: z.number().int().nullable(),
  secondsLeft: z.number().int().nullable(),
  deletions: z.enum(['read', 'refused']).meta({
    description:
      'Whether Lever lets this connection list deleted opportunities. If `refused`, opportunities deleted in Lever stay known here.',
  }),
  sweptAt: maybeTime.meta({ description: 'Start of the last check for changes and deletions in Lever.' }),
})

/** How far Lever's records have been read, in API form. The mirror provides it. */
export const SyncView = z.object({
  state: z.enum(['idle', 'running', 'failed']),
  startedAt: maybeTime,
  finishedAt: maybeTime,
  resources: z.record(z.string(), z.number().int()),
  opportunities: OpportunitySyncView.optional().meta({ description: 'Absent before the first activation.' }),
})
export type SyncView = z.output<typeof SyncView>

export const NEVER_SYNCED: SyncView = { state: 'idle', startedAt: null, finishedAt: null, resources: {} }

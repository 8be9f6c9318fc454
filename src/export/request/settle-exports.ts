import { setTimeout as sleep } from 'node:timers/promises'
import type { QueryFilter } from 'mongoose'
import { callLastsMs } from '../../work/call-on-its-way.ts'
import { cancelUnsent } from './change-export.ts'
import { ExportModel, type ExportDocument } from '../export-model.ts'
import type { ExportDeps } from '../run/run-export-deps.ts'
import { DUE_NOW } from '../../work/work-fields.ts'

/** Limited, because somebody waits for the connection to end. */
const LOOK_LIMIT_MS = 15_000
const LOOK_AT_RUNNING_EVERY_MS = 50

/**
 * Called before a connection ends: cancels exports that have not been sent, waits for calls in progress, and has the workers look for each
 * unclear export and note while Lever still answers. Without a grant, they end it. An export that is not found ends as `outcome_unknown`.
 */
export async function settleExports(
  organization: string,
  hasGrant: boolean,
  deps: Pick<ExportDeps, 'timeoutMs'> & { wake: () => void },
): Promise<void> {
  await cancelUnsent(organization)
  // a call that has begun ends within its time limit; nothing new begins, since every worker that was about to send has lost its lease
  const underWay = { status: 'sending', $expr: { $gt: ['$leaseUntil', '$$NOW'] } } as const
  await untilNone({ organization, ...underWay }, callLastsMs(deps.timeoutMs))
  const lookAtAgain: QueryFilter<ExportDocument> = {
    organization,
    $or: [{ status: 'unclear' }, { status: 'exported', 'note.status': 'queued' }],
  }
  const { modifiedCount } = await ExportModel.updateMany(lookAtAgain, { $set: { dueAt: DUE_NOW } })
  if (modifiedCount > 0) deps.wake()
  if (hasGrant) await untilNone(lookAtAgain, LOOK_LIMIT_MS)
}

async function untilNone(exports: QueryFilter<ExportDocument>, withinMs: number): Promise<void> {
  const deadline = performance.now() + withinMs
  while (performance.now() < deadline && (await ExportModel.exists(exports))) await sleep(LOOK_AT_RUNNING_EVERY_MS)
}

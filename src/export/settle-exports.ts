import { setTimeout as sleep } from 'node:timers/promises'
import type { QueryFilter } from 'mongoose'
import type { LeverClient } from '../lever/client.ts'
import { adoptOpportunity } from './adopt-opportunity.ts'
import { cancelQueued } from './change-export.ts'
import { ExportModel, type ExportDocument } from './export-model.ts'
import { lookForIntent } from './look-for-intent.ts'
import type { ExportDeps } from './run-export-deps.ts'

/** Somebody waits for the connection to end. */
const LOOK_LIMIT_MS = 15_000
/** Beyond the time limit of a call, for saving what came of it. */
const SAVE_MARGIN_MS = 1000
const LOOK_AT_RUNNING_EVERY_MS = 50

/**
 * Before a connection ends: takes back what is queued, lets calls under way end, and looks once for each unclear export while Lever
 * still answers. `client` is null when the grant is gone already. What is not found ends as `outcome_unknown` when a worker next takes it.
 */
export async function settleExports(
  organization: string,
  client: LeverClient | null,
  canSeeConfidential: boolean,
  deps: ExportDeps,
): Promise<void> {
  await cancelQueued(organization)
  await untilNothingRuns(organization, deps)
  const deadline = performance.now() + LOOK_LIMIT_MS
  const unclear = await ExportModel.find({ organization, status: 'unclear' }).lean<ExportDocument[]>()
  for (const document of client ? unclear : []) {
    if (performance.now() > deadline) break
    try {
      if (client) await adoptIfFound(document, { client, canSeeConfidential }, deps)
    } catch (error) {
      deps.log.warn({ export: String(document._id), err: error }, 'an unclear export could not be looked for before the connection ended')
    }
  }
  const lookAtAgain: QueryFilter<ExportDocument> = {
    organization,
    $or: [{ status: 'unclear' }, { status: 'exported', 'note.status': 'queued' }],
  }
  await ExportModel.updateMany(lookAtAgain, { $set: { dueAt: new Date(0) } })
}

/** A call that has begun ends within its time limit; nothing new begins, since the connection has ended. */
async function untilNothingRuns(organization: string, deps: ExportDeps): Promise<void> {
  const deadline = performance.now() + deps.timeoutMs + SAVE_MARGIN_MS
  const running: QueryFilter<ExportDocument> = {
    organization,
    status: { $in: ['checking', 'sending'] },
    $expr: { $gt: ['$leaseUntil', '$$NOW'] },
  }
  while (performance.now() < deadline && (await ExportModel.exists(running))) await sleep(LOOK_AT_RUNNING_EVERY_MS)
}

async function adoptIfFound(
  document: ExportDocument,
  lever: { client: LeverClient; canSeeConfidential: boolean },
  deps: ExportDeps,
): Promise<void> {
  const found = document.intent && (await lookForIntent(String(document.organization), document.intent, lever))
  if (found) await adoptOpportunity(document, found, deps)
}

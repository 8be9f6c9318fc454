import type { LeverClient } from '../../lever/client.ts'
import type { LeverOpportunity } from '../../lever/opportunities.ts'
import { BURST, dueStages } from '../export-burst.ts'
import { adoptOpportunity } from './adopt-opportunity.ts'
import { ExportModel, type ExportDocument } from '../export-model.ts'
import type { ClaimedExport } from './export-steps.ts'
import type { ExportDeps } from './run-export-deps.ts'
import { lookForIntent } from './look-for-intent.ts'

/** What else there is of the export's person, and of its organization. */
export interface ExportsBeside {
  /** Earlier ones of the same candidate or e-mails that ended with an intent. */
  older: ExportDocument[]
  /** So many are due that each had better cost one request to Lever. */
  isBurst: boolean
}

/** In one read, made under the lock on the person, which keeps the older ones from changing. */
export async function readBeside({ _id, organization, candidate }: ExportDocument, emails: string[]): Promise<ExportsBeside> {
  const older = {
    organization,
    _id: { $ne: _id },
    status: { $in: ['failed', 'canceled'] },
    'intent.at': { $gt: new Date(0) },
    $or: [{ candidate }, ...(emails.length > 0 ? [{ 'intent.emails': { $in: emails } }] : [])],
  }
  const due = [...dueStages(organization), { $project: { isDue: { $literal: true } } }]
  const found = await ExportModel.aggregate<ExportDocument & { isDue?: true }>([
    { $match: older },
    { $unionWith: { coll: ExportModel.collection.name, pipeline: due } },
  ])
  return { older: found.filter(({ isDue }) => !isDue), isBurst: found.filter(({ isDue }) => isDue).length >= BURST }
}

/**
 * Looks for what earlier exports of the person may have made without ever being shown it.
 * One with the same target is adopted by the export at hand: its opportunity is the result. One for another target gets its own
 * opportunity back. Resolves to what the export at hand adopts.
 */
export async function resolveOlderIntents(
  { document }: ClaimedExport,
  older: ExportDocument[],
  lever: { client: LeverClient; canSeeConfidential: boolean },
  deps: ExportDeps,
): Promise<LeverOpportunity | null> {
  const organization = String(document.organization)
  for (const one of older) {
    const opportunity = one.intent && (await lookForIntent(organization, one.intent, lever))
    if (!opportunity) continue
    if (String(one.candidate) === String(document.candidate) && one.posting?.postingId === document.posting?.postingId) {
      return opportunity // once adopted it is no other export's, so the old record need not be touched
    }
    await adoptOpportunity(one, opportunity, deps)
  }
  return null
}

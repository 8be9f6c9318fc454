import type { LeverClient } from '../../lever/client.ts'
import type { LeverOpportunity } from '../../lever/opportunities.ts'
import { adoptOpportunity } from './adopt-opportunity.ts'
import { ExportModel, type ExportDocument } from '../export-model.ts'
import type { ClaimedExport } from './export-steps.ts'
import type { ExportDeps } from './run-export-deps.ts'
import { lookForIntent } from './look-for-intent.ts'

/**
 * Looks for what earlier exports of the same candidate or e-mails may have made without ever being shown it and that ended unclear.
 * One with the same target is adopted by the export at hand: its opportunity is the result. One for another target gets its own
 * opportunity back. Resolves to what the export at hand adopts.
 */
export async function resolveOlderIntents(
  { document }: ClaimedExport,
  emails: string[],
  lever: { client: LeverClient; canSeeConfidential: boolean },
  deps: ExportDeps,
): Promise<LeverOpportunity | null> {
  const organization = String(document.organization)
  const older = await ExportModel.find({
    organization,
    _id: { $ne: document._id },
    status: { $in: ['failed', 'canceled'] },
    'intent.at': { $gt: new Date(0) },
    $or: [{ candidate: document.candidate }, ...(emails.length > 0 ? [{ 'intent.emails': { $in: emails } }] : [])],
  }).lean<ExportDocument[]>()
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

import type { LeverClient } from '../lever/client.ts'
import type { LeverOpportunity } from '../lever/opportunities.ts'
import { adoptOpportunity } from './adopt-opportunity.ts'
import { ExportModel, type ExportDocument } from './export-model.ts'
import type { ClaimedExport } from './export-steps.ts'
import { lookForIntent } from './look-for-intent.ts'

/**
 * Looks for what earlier exports of the same candidate or e-mails may have made without ever being shown it (`outcome_unknown`).
 * One with the same target is adopted by the export at hand: its opportunity is the result. One for another target gets its own
 * opportunity back. Resolves to what the export at hand adopts.
 */
export async function resolveOlderIntents(
  { document }: ClaimedExport,
  emails: string[],
  lever: { client: LeverClient; canSeeConfidential: boolean },
): Promise<LeverOpportunity | null> {
  const organization = String(document.organization)
  const older = await ExportModel.find({
    organization,
    _id: { $ne: document._id },
    status: 'failed',
    'error.code': 'outcome_unknown',
    intent: { $ne: null },
    $or: [{ candidate: document.candidate }, ...(emails.length > 0 ? [{ 'intent.emails': { $in: emails } }] : [])],
  }).lean<ExportDocument[]>()
  for (const one of older) {
    const opportunity = one.intent && (await lookForIntent(organization, one.intent, lever))
    if (!opportunity) continue
    if (String(one.candidate) === String(document.candidate) && one.posting?.postingId === document.posting?.postingId) {
      await ExportModel.updateOne({ _id: one._id, status: 'failed' }, { $set: { intent: null } })
      return opportunity
    }
    await adoptOpportunity(one, 'failed', opportunity)
  }
  return null
}

import type { LeverClient } from '../lever/client.ts'
import type { Log } from '../log.ts'
import { adoptOpportunity } from './adopt-opportunity.ts'
import { cancelQueued } from './change-export.ts'
import { ExportModel, type ExportDocument } from './export-model.ts'
import { lookForIntent } from './look-for-intent.ts'

/**
 * Before a connection ends: takes back what is queued, and looks once for each unclear export while Lever still answers.
 * `client` is null when the grant is gone already. What is not found ends as `outcome_unknown` when a worker next takes it.
 */
export async function settleExports(
  organization: string,
  client: LeverClient | null,
  deps: { canSeeConfidential: boolean; log: Log },
): Promise<void> {
  await cancelQueued(organization)
  const unclear = await ExportModel.find({ organization, status: 'unclear' }).lean<ExportDocument[]>()
  for (const document of client ? unclear : []) {
    try {
      if (client) await adoptIfFound(document, client, deps.canSeeConfidential)
    } catch (error) {
      deps.log.warn({ export: String(document._id), err: error }, 'an unclear export could not be looked for before the connection ended')
    }
  }
  await ExportModel.updateMany({ organization, status: 'unclear' }, { $set: { dueAt: new Date(0) } })
}

async function adoptIfFound(document: ExportDocument, client: LeverClient, canSeeConfidential: boolean): Promise<void> {
  const found = document.intent && (await lookForIntent(String(document.organization), document.intent, { client, canSeeConfidential }))
  if (found) await adoptOpportunity(document, 'unclear', found)
}

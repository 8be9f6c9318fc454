import { isConfidential } from '../../accounts/clearance.ts'
import type { LeverOpportunity } from '../../lever/opportunities.ts'
import { SENT_RESUME } from './carried-resume.ts'
import { recordOf } from './export-steps.ts'
import { ExportModel, openKeyOf, type ExportDocument } from '../export-model.ts'
import type { ExportDeps } from './run-export-deps.ts'

/**
 * An export that no worker holds has succeeded after all: its opportunity was found. Does nothing when it has moved on meanwhile.
 * Its target is taken again, unless another export has taken it since.
 */
export async function adoptOpportunity(document: ExportDocument, opportunity: LeverOpportunity, deps: ExportDeps): Promise<void> {
  const organization = String(document.organization)
  const exportId = String(document._id)
  const { stageText } = await deps.onLanded({ organization, exportId, candidateId: String(document.candidate), opportunity, isNew: false })
  const fields = {
    status: 'exported',
    waitingFor: null,
    error: null,
    intent: null,
    opportunityId: opportunity.id,
    madeOpportunityId: opportunity.id,
    ...(document.intent?.resume ? { resume: SENT_RESUME } : {}),
    contactId: opportunity.contact,
    url: opportunity.url,
    confidential: isConfidential(opportunity),
    stage: opportunity.stage ? { id: opportunity.stage, text: stageText } : null,
    ...(document.note?.status === 'queued' ? { dueAt: new Date(0), tryingSince: null } : {}),
  }
  await deps.audit({ ...recordOf(document, 'exported'), once: true })
  const openKey = openKeyOf(String(document.candidate), document.posting?.postingId ?? null)
  await write(document, { ...fields, openKey }).catch(async (error: unknown) => {
    if ((error as { code?: unknown }).code !== 11_000) throw error
    await write(document, fields)
  })
  deps.observe?.({ step: 'end', outcome: 'exported' })
}

async function write({ _id, status, fence }: ExportDocument, fields: Record<string, unknown>): Promise<void> {
  const change = { $set: fields, $unset: { personLock: 1 }, $currentDate: { finishedAt: true }, $inc: { fence: 1 } }
  await ExportModel.updateOne({ _id, status, fence }, change)
}

import { Types } from 'mongoose'
import { coalesceByKey } from '../../concurrency/coalesce.ts'
import { isDuplicateKey } from '../../duplicate-key.ts'
import { isConfidential } from '../../accounts/clearance.ts'
import type { LeverClient } from '../../lever/client.ts'
import type { LeverOpportunity } from '../../lever/opportunities.ts'
import { DUE_NOW } from '../../work/work-fields.ts'
import { BURST, dueStages } from '../export-burst.ts'
import { ExportModel, openKeyOf, type ExportDocument } from '../export-model.ts'
import { SENT_RESUME } from './carried-resume.ts'
import { recordOf, type ClaimedExport } from './export-steps.ts'
import type { ExportDeps } from './run-export-deps.ts'
import { lookForIntent } from './look-for-intent.ts'

/** Other exports of the same person and organization. */
export interface ExportsBeside {
  /** Earlier exports of the same candidate or emails that ended with an intent. */
  older: ExportDocument[]
  /** True if so many exports are due that each should cost only one request to Lever. */
  isBurst: boolean
}

/** The caller holds the lock on the person, so the older exports cannot change. */
export async function readBeside({ _id, organization, candidate }: ExportDocument, emails: string[]): Promise<ExportsBeside> {
  const { older, isBurst } = await readBesideAll(organization.toHexString(), { candidate, emails })
  const isAboutPerson = (one: ExportDocument): boolean =>
    one.candidate.equals(candidate) || (one.intent?.emails ?? []).some((email) => emails.includes(email))
  return { older: older.filter((one) => !one._id.equals(_id) && isAboutPerson(one)), isBurst }
}

interface PersonOfExport {
  candidate: Types.ObjectId
  emails: string[]
}

/** One read for all exports that ask at the same time; `older` are those of all their people. */
const readBesideAll = coalesceByKey<PersonOfExport, ExportsBeside>(async (people, key) => {
  const organization = new Types.ObjectId(key)
  const emails = people.flatMap((person) => person.emails)
  const older = {
    organization,
    status: { $in: ['failed', 'canceled'] },
    'intent.at': { $gt: new Date(0) },
    $or: [
      { candidate: { $in: people.map(({ candidate }) => candidate) } },
      ...(emails.length > 0 ? [{ 'intent.emails': { $in: emails } }] : []),
    ],
  }
  const due = [...dueStages(organization), { $project: { isDue: { $literal: true } } }]
  const found = await ExportModel.aggregate<ExportDocument & { isDue?: true }>([
    { $match: older },
    { $unionWith: { coll: ExportModel.collection.name, pipeline: due } },
  ])
  return { older: found.filter(({ isDue }) => !isDue), isBurst: found.filter(({ isDue }) => isDue).length >= BURST }
})

/**
 * Looks in Lever for what earlier exports of the person may have created. If an older export had the same target, the current export adopts
 * its opportunity, which is the result. An older export with another target gets its own opportunity.
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
      return opportunity // the current export adopts it, so the older one stays as it is
    }
    await adoptOpportunity(one, opportunity, deps)
  }
  return null
}

/**
 * Marks an export that no worker holds as exported, because its opportunity was found. Does nothing if the export has changed in the
 * meantime. Reserves its target again, unless another export has taken it since.
 */
async function adoptOpportunity(document: ExportDocument, opportunity: LeverOpportunity, deps: ExportDeps): Promise<void> {
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
    ...(document.note?.status === 'queued' ? { dueAt: DUE_NOW, tryingSince: null } : {}),
  }
  await deps.audit({ ...recordOf(document, 'exported'), once: true })
  const openKey = openKeyOf(String(document.candidate), document.posting?.postingId ?? null)
  await write(document, { ...fields, openKey }).catch(async (error: unknown) => {
    if (!isDuplicateKey(error)) throw error
    await write(document, fields)
  })
  deps.observe?.({ step: 'end', outcome: 'exported' })
}

async function write({ _id, organization, status, fence }: ExportDocument, fields: Record<string, unknown>): Promise<void> {
  const change = { $set: fields, $unset: { personLock: 1 }, $currentDate: { finishedAt: true }, $inc: { fence: 1 } }
  await ExportModel.updateOne({ _id, organization, status, fence }, change)
}

import { expect } from 'chai'
import { LeverOpportunityModel } from '../../src/mirror/lever-opportunity-model.ts'
import type { LeverForTests, LeverOpportunity } from '../support/lever.ts'

/** Opportunity by opportunity, as far as one is kept; confidential ones too where they are asked for. */
export async function expectSameAsLever(organization: string, lever: LeverForTests, { confidential = false } = {}): Promise<void> {
  const inLever = (await lever.allOpportunities()).filter((one) => confidential || !isConfidential(one))
  const here = await LeverOpportunityModel.find({ organization }).lean()
  const mirrored = here.map((one) => ({
    id: one.leverId,
    contact: one.contactId,
    stage: one.stageId,
    postings: one.postingIds,
    owner: one.ownerId,
    archived: one.archived ? { reason: one.archiveReasonId, archivedAt: one.archivedAt?.getTime() } : null,
    createdAt: one.leverCreatedAt?.getTime(),
    updatedAt: one.leverUpdatedAt?.getTime() ?? null,
    emails: one.emailHashes.length,
  }))
  const wanted = inLever.map((one) => ({
    id: one.id,
    contact: one.contact,
    stage: one.stage,
    postings: one.application ? [one.application.posting] : [],
    owner: one.owner,
    archived: one.archived && { reason: one.archived.reason, archivedAt: one.archived.archivedAt },
    createdAt: one.createdAt,
    updatedAt: one.updatedAt,
    emails: one.emails.length,
  }))
  expect(byId(mirrored)).to.deep.equal(byId(wanted))
}

function isConfidential(opportunity: LeverOpportunity): boolean {
  return (opportunity as { confidentiality?: string }).confidentiality === 'confidential'
}

function byId<T extends { id: string }>(records: T[]): T[] {
  return records.toSorted((a, b) => a.id.localeCompare(b.id))
}

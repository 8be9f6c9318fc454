/** The shape of requisitions in answers: reads return the documented record, writes a raw internal one (recorded answers). */
import type { Requisition } from '../account/records.ts'
import type { World } from '../world.ts'

export function requisitionJson(requisition: Requisition): Record<string, unknown> & { id: string } {
  const { stateHistory: _, ...shown } = requisition
  return shown
}

export function writtenRequisitionJson(world: World, requisition: Requisition): Record<string, unknown> & { id: string } {
  const { account } = world
  const { employmentStatus, location, team, department, hiringManager, compensationBand } = requisition
  const set = Object.entries({ employmentStatus, location, team, department, hiringManagerUserId: hiringManager, compensationBand })
  return {
    accountId: account.accountId,
    backfill: requisition.backfill,
    createdAt: requisition.createdAt,
    creatorUserId: requisition.creator,
    hasConfidentialPosting: requisition.postings.some((id) => account.postings.get(id)?.confidentiality === 'confidential'),
    internalNotes: requisition.internalNotes,
    name: requisition.name,
    ownerUserId: requisition.owner,
    postingIds: requisition.postings,
    requisitionCode: requisition.requisitionCode,
    reservedOfferIds: requisition.offerIds,
    status: requisition.status,
    stateHistory: requisition.stateHistory.map((state) => ({
      ...state,
      attribution: { timestamp: state.beginAt, service: 'data-api' },
    })),
    updatedAt: requisition.updatedAt,
    headcountInfinite: requisition.headcountInfinite,
    headcountTotal: requisition.headcountTotal,
    headcountHired: requisition.headcountHired,
    ...Object.fromEntries(set.filter(([, value]) => value !== null)),
    customFields: requisition.customFields,
    id: requisition.id,
    search: { nameCodeTokens: searchTokens(requisition.name, ' ').concat(searchTokens(requisition.requisitionCode, '-')) },
  }
}

/** The words, then each run of two, then each of three (recorded). */
function searchTokens(text: string, separator: string): string[] {
  const words = text.toLowerCase().split(separator).filter(Boolean)
  return [1, 2, 3].flatMap((length) =>
    words.slice(0, Math.max(0, words.length - length + 1)).map((_, at) => words.slice(at, at + length).join(separator)),
  )
}

/** Changes requisitions, and both ends of their link to postings: `postings` here, `requisitionCodes` there. */
import type { Posting, Requisition, User } from '../account/records.ts'
import { newId } from '../ids.ts'
import type { World } from '../world.ts'

/** The required fields, and the others that a write can set. */
export type RequisitionFields = Pick<Requisition, 'name' | 'requisitionCode' | 'headcountTotal' | 'status'> & Partial<Requisition>

/** `by` is null for a program. */
export function addRequisition(world: World, fields: RequisitionFields, postingIds: string[], by: User | null): Requisition {
  const now = world.now()
  const createdAt = fields.createdAt ?? now
  const requisition: Requisition = {
    id: newId(),
    confidentiality: 'non-confidential',
    headcountHired: 0,
    headcountInfinite: fields.headcountTotal === 'unlimited',
    backfill: false,
    creator: by?.id ?? null,
    owner: by?.id ?? null,
    hiringManager: null,
    internalNotes: '',
    compensationBand: null,
    approval: { steps: [] },
    employmentStatus: null,
    location: null,
    team: null,
    department: null,
    postings: [],
    offerIds: [],
    timeToFillStartAt: null,
    timeToFillEndAt: null,
    updatedAt: now,
    customFields: {},
    closedAt: fields.status === 'closed' ? now : null,
    stateHistory: [{ beginAt: createdAt, status: fields.status }],
    ...fields,
    createdAt,
  }
  world.account.requisitions.set(requisition.id, requisition)
  linkPostings(world, requisition, postingIds)
  world.changed()
  return requisition
}

/** Adds the status with its time to the history; `closedAt` is set while the requisition is closed. */
export function setStatus(world: World, requisition: Requisition, status: Requisition['status']): void {
  if (requisition.status === status) return
  const now = world.now()
  requisition.status = status
  requisition.stateHistory.push({ beginAt: now, status })
  requisition.closedAt = status === 'closed' ? now : null
  requisition.updatedAt = now
  world.changed()
}

/** Links exactly these postings. */
export function linkPostings(world: World, requisition: Requisition, postingIds: string[]): void {
  const { postings } = world.account
  for (const posting of postings.values()) setLink(posting, requisition.requisitionCode, postingIds.includes(posting.id))
  requisition.postings = postingIds
}

/** Sets the codes of a posting; codes without a requisition are kept too. */
export function setRequisitionCodes(world: World, posting: Posting, codes: string[]): void {
  for (const requisition of world.account.requisitions.values()) {
    const others = requisition.postings.filter((id) => id !== posting.id)
    requisition.postings = codes.includes(requisition.requisitionCode) ? [...others, posting.id] : others
  }
  posting.requisitionCodes = codes
  posting.reqCode = codes[0] ?? null
}

export function changeCode(world: World, requisition: Requisition, code: string): void {
  const linked = requisition.postings
  linkPostings(world, requisition, [])
  requisition.requisitionCode = code
  linkPostings(world, requisition, linked)
}

export function deleteRequisition(world: World, requisition: Requisition): void {
  linkPostings(world, requisition, [])
  world.account.requisitions.delete(requisition.id)
  world.changed()
}

function setLink(posting: Posting, code: string, linked: boolean): void {
  if (posting.requisitionCodes.includes(code) === linked) return
  posting.requisitionCodes = linked ? [...posting.requisitionCodes, code] : posting.requisitionCodes.filter((one) => one !== code)
  posting.reqCode = posting.requisitionCodes[0] ?? null
}

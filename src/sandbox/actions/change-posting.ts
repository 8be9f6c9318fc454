/** Creates, changes and deletes postings, by the API or by a person in the UI. */
import type { Posting, User } from '../account/records.ts'
import { newId } from '../ids.ts'
import type { World } from '../world.ts'
import { setRequisitionCodes } from './change-requisition.ts'

/** The fields that a write may set. */
export type PostingFields = Partial<
  Omit<Posting, 'id' | 'user' | 'followers' | 'reqCode' | 'requisitionCodes' | 'createdAt' | 'updatedAt' | 'country' | 'customQuestions'>
>

/** Creates a draft by default; the creator owns it unless another owner is given (assumed). */
export function addPosting(world: World, fields: PostingFields & { text: string }, requisitionCodes: string[], by: User): Posting {
  const now = world.now()
  const owner = fields.owner ?? by.id
  const posting: Posting = {
    id: newId(),
    state: 'draft',
    distributionChannels: fields.state === 'published' ? ['public', 'internal'] : null,
    user: by.id,
    hiringManager: null,
    categories: { commitment: null, department: null, level: null, location: null, team: null, allLocations: [] },
    tags: [],
    content: { description: '', descriptionHtml: '', lists: [], closing: '', closingHtml: '' },
    country: 'US',
    followers: [...new Set([owner, ...(fields.hiringManager ? [fields.hiringManager] : [])])],
    reqCode: null,
    requisitionCodes: [],
    confidentiality: 'non-confidential',
    createdAt: now,
    updatedAt: now,
    workplaceType: 'unspecified',
    customQuestions: [],
    ...fields,
    owner,
  }
  world.account.postings.set(posting.id, posting)
  setRequisitionCodes(world, posting, requisitionCodes)
  world.changed()
  return posting
}

export function changePosting(world: World, posting: Posting, fields: PostingFields, requisitionCodes?: string[]): void {
  Object.assign(posting, fields, { updatedAt: world.now() })
  if (requisitionCodes) setRequisitionCodes(world, posting, requisitionCodes)
  world.changed()
}

/** Deleted by a person in the UI: the id stays in the list of deleted postings. */
export function deletePosting(world: World, posting: Posting): void {
  setRequisitionCodes(world, posting, [])
  world.account.postings.delete(posting.id)
  world.account.deletedPostings.push({ id: posting.id, deletedAt: world.now() })
  world.changed()
}

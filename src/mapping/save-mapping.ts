import { Types } from 'mongoose'
import { isDuplicateKey } from '../duplicate-key.ts'
import { ServiceError } from '../errors.ts'
import type { LeverPerson, MappingDeps } from './mapping-deps.ts'
import { MappingModel, type MappingDocument } from './mapping-model.ts'

/**
 * Stores a person's Lever user, and an audit record if that changed anything. `userEmail` is in its compared form.
 * @throws ServiceError `lever_user_already_mapped` (409) if the Lever user is mapped to another person
 */
export async function saveMapping(
  deps: MappingDeps,
  organization: string,
  mapping: { userEmail: string; leverUser: LeverPerson; active: boolean },
  actor: string,
): Promise<MappingDocument> {
  const key = { organization: new Types.ObjectId(organization), userEmail: mapping.userEmail }
  const fields = { leverUserId: mapping.leverUser.id, leverEmail: mapping.leverUser.email ?? '', active: mapping.active }
  const before = await upsert(key, fields)
  const after = await MappingModel.findOne(key).orFail().lean<MappingDocument>()
  const action = changeOf(before, after)
  if (action)
    await deps.audit.append({ organization, actor, action, subject: `mapping:${after._id.toHexString()}`, leverUser: after.leverUserId })
  return after
}

async function upsert(
  key: { organization: Types.ObjectId; userEmail: string },
  fields: Pick<MappingDocument, 'leverUserId' | 'leverEmail' | 'active'>,
): Promise<MappingDocument | null> {
  const write = () =>
    MappingModel.findOneAndUpdate(key, { $set: fields }, { upsert: true, returnDocument: 'before' }).lean<MappingDocument>()
  try {
    return await write()
  } catch (error) {
    if (!isDuplicateKey(error)) throw error
  }
  const taken = await MappingModel.exists({
    organization: key.organization,
    leverUserId: fields.leverUserId,
    userEmail: { $ne: key.userEmail },
  })
  if (taken) throw alreadyMapped()
  return write() // two concurrent first writes for the same person: this one becomes an update
}

function alreadyMapped(): ServiceError {
  return new ServiceError('lever_user_already_mapped', 'Another person is mapped to this Lever user.', {
    hint: 'A Lever user can belong to one person only: remove the other mapping first, or choose another Lever user.',
  })
}

function changeOf(before: MappingDocument | null, after: MappingDocument): string | null {
  if (!before) return 'mapping.created'
  if (before.leverUserId !== after.leverUserId) return 'mapping.changed'
  if (before.active !== after.active) return after.active ? 'mapping.activated' : 'mapping.deactivated'
  return null
}

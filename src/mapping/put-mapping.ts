import { normalizeEmail } from '../accounts/email-address.ts'
import { ServiceError } from '../errors.ts'
import type { LeverPerson, MappingDeps } from './mapping-deps.ts'
import { MappingModel, type MappingDocument } from './mapping-model.ts'
import { toMappingView, type MappingView } from './mapping-view.ts'
import { saveMapping } from './save-mapping.ts'

/**
 * Maps a person to the Lever user with that email, as Lever has it now, and replaces the person's mapping. An
 * existing mapping may be made inactive although its Lever user is deactivated.
 * @throws ServiceError `user_not_found` (404), `lever_user_not_found`, `lever_user_deactivated` (422),
 * `lever_user_already_mapped` (409), and the reason why Lever cannot be asked
 */
export async function putMapping(
  deps: MappingDeps,
  organization: string,
  userEmail: string,
  input: { leverEmail: string; active?: boolean | undefined },
  actor: string,
): Promise<MappingView> {
  const person = await deps.accounts.findPerson(organization, userEmail)
  if (!person) throw userNotFound()
  const leverUser = await deps.leverUsers.lookUp(organization, input.leverEmail)
  if (!leverUser) throw leverUserNotFound()
  const active = input.active ?? true
  if (leverUser.deactivatedAt !== null && (active || !(await isMappedTo(organization, person.email, leverUser))))
    throw leverUserDeactivated()
  const mapping = await saveMapping(deps, organization, { userEmail: person.email, leverUser, active }, actor)
  return toMappingView(mapping, leverUser)
}

async function isMappedTo(organization: string, userEmail: string, leverUser: LeverPerson): Promise<boolean> {
  return (await MappingModel.exists({ organization, userEmail, leverUserId: leverUser.id })) !== null
}

/**
 * @throws ServiceError `not_found` when the person is not mapped
 */
export async function removeMapping(deps: MappingDeps, organization: string, userEmail: string, actor: string): Promise<void> {
  const removed = await removeMappingIfAny(deps, organization, userEmail, actor)
  if (!removed) throw new ServiceError('not_found', 'This person is not mapped to a Lever user.')
}

/**
 * Removes the mapping of a person who is being removed, if there is one.
 * @returns true if there was one
 */
export async function removeMappingIfAny(deps: MappingDeps, organization: string, userEmail: string, actor: string): Promise<boolean> {
  const removed = await MappingModel.findOneAndDelete({ organization, userEmail: normalizeEmail(userEmail) }).lean<MappingDocument>()
  if (!removed) return false
  const subject = `mapping:${removed._id.toHexString()}`
  await deps.audit.append({ organization, actor, action: 'mapping.removed', subject, leverUser: removed.leverUserId })
  return true
}

function userNotFound(): ServiceError {
  return new ServiceError('user_not_found', 'There is no such person in this organization.', {
    hint: 'Add them in Settings > People, or with PUT /users/{email}, then map them.',
  })
}

function leverUserNotFound(): ServiceError {
  return new ServiceError('lever_user_not_found', 'Lever has no user with this email address.', {
    hint: 'Use the address shown in Lever under Settings > Users.',
    errors: [{ path: 'leverEmail', message: 'no Lever user has this address' }],
  })
}

function leverUserDeactivated(): ServiceError {
  return new ServiceError('lever_user_deactivated', 'The Lever user with this email address is deactivated.', {
    status: 422,
    hint: 'Reactivate the user in Lever, or map the person to another Lever user.',
    errors: [{ path: 'leverEmail', message: 'this Lever user is deactivated' }],
  })
}

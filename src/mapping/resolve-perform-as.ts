import { Types } from 'mongoose'
import { normalizeEmail } from '../accounts/email-address.ts'
import { joinPerson } from '../accounts/people.ts'
import type { PersonDocument } from '../accounts/person-model.ts'
import { coalesceByKey } from '../concurrency/coalesce.ts'
import { ServiceError } from '../errors.ts'
import type { MappingDeps } from './mapping-deps.ts'
import { MappingModel, type MappingDocument } from './mapping-model.ts'

/** The Lever user as whom a person's writes are performed. */
export interface PerformAs {
  /** In its compared form. */
  userEmail: string
  leverUserId: string
  leverName: string | null
  leverEmail: string
}

/**
 * Decides, from our own records alone, whether a person may act in Lever, and as which user. Called when an export is
 * requested and again when it runs.
 * @throws ServiceError 403 `user_not_found`, `user_inactive`, `user_not_mapped`, `mapping_inactive`,
 * `lever_user_deactivated` (also for a Lever user that no longer exists)
 */
export async function resolvePerformAs(deps: MappingDeps, organization: string, email: string): Promise<PerformAs> {
  const userEmail = normalizeEmail(email)
  const mapping = await findWithPerson(organization, userEmail)
  const person = mapping ? mapping.person[0] : await deps.accounts.findPerson(organization, userEmail)
  if (!person) throw refusal('user_not_found', 'The person who requested this does not exist here.', 'Add them in Settings > People.')
  if (!person.active) throw refusal('user_inactive', 'The person who requested this is inactive.', 'Activate them in Settings > People.')
  if (!mapping)
    throw refusal(
      'user_not_mapped',
      'The person who requested this is not mapped to a Lever user.',
      'Map them in Settings > ATS configuration > Users, then export again.',
    )
  if (!mapping.active)
    throw refusal(
      'mapping_inactive',
      'The mapping of the person who requested this is switched off.',
      'Switch it on in Settings > ATS configuration > Users.',
    )
  const { leverUserId } = mapping
  const leverUser = (await deps.leverUsers.byId(organization, [leverUserId])).get(leverUserId)
  if (!leverUser || leverUser.deactivatedAt !== null) {
    const fate = leverUser ? 'is deactivated' : 'no longer exists'
    throw refusal(
      'lever_user_deactivated',
      `The Lever user of the person who requested this ${fate}.`,
      'Reactivate the user in Lever, or map the person to another one in Settings > ATS configuration > Users.',
    )
  }
  return { userEmail, leverUserId, leverName: leverUser.name, leverEmail: leverUser.email ?? mapping.leverEmail }
}

type MappingWithPerson = MappingDocument & { person: Pick<PersonDocument, 'active'>[] }

async function findWithPerson(organization: string, userEmail: string): Promise<MappingWithPerson | undefined> {
  return (await findAllWithPerson(organization, userEmail)).find((mapping) => mapping.userEmail === userEmail)
}

const findAllWithPerson = coalesceByKey<string, MappingWithPerson[]>((userEmails, organization) => {
  const of = new Types.ObjectId(organization)
  return MappingModel.aggregate<MappingWithPerson>([
    { $match: { organization: of, userEmail: { $in: [...new Set(userEmails)] } } },
    joinPerson(of, 'userEmail'),
  ])
})

function refusal(
  code: 'user_not_found' | 'user_inactive' | 'user_not_mapped' | 'mapping_inactive' | 'lever_user_deactivated',
  message: string,
  hint: string,
): ServiceError {
  return new ServiceError(code, message, { status: 403, hint })
}

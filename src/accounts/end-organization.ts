import { Types, type ClientSession } from 'mongoose'
import { ApiKeyModel } from './api-key-model.ts'
import { OrganizationModel } from './organization-model.ts'
import { forgetOpenOrganizations } from './open-organization.ts'
import { organizationNotFound } from './organizations.ts'
import { PersonModel } from './person-model.ts'
import { SessionModel } from './session-model.ts'
import { SignInLinkModel } from './sign-in-link-model.ts'

/**
 * Ends an organization in `session`'s transaction: from then on, nobody can find it, sign in to it or call the API for it. Its documents
 * stay until `src/deletion` deletes them.
 * @returns the number of deleted documents by collection
 * @throws ServiceError `not_found`, also for an organization that has ended
 */
export async function endOrganization(id: string, session: ClientSession): Promise<Record<string, number>> {
  session.once('ended', forgetOpenOrganizations) // after the commit
  const organization = new Types.ObjectId(id)
  const ended = await OrganizationModel.updateOne({ _id: organization, endedAt: null }, { $currentDate: { endedAt: true } }, { session })
  if (ended.matchedCount === 0) throw organizationNotFound()
  await PersonModel.updateMany({ organization }, { active: false }, { session })
  const people = await PersonModel.find({ organization }, { _id: 1 }, { session }).lean()
  const keys = await ApiKeyModel.deleteMany({ organization }, { session })
  const sessions = await SessionModel.deleteMany({ organization }, { session })
  const reach = people.map(({ _id }) => _id)
  await SessionModel.updateMany({ reach: { $in: reach } }, { $pullAll: { reach } }, { session }) // of other organizations
  const links = await SignInLinkModel.deleteMany({ organization }, { session })
  return { api_keys: keys.deletedCount, sessions: sessions.deletedCount, sign_in_links: links.deletedCount }
}

/** Deletes the organization's own document, which holds its key; for when nothing needs the key any more. May be repeated. */
export async function dropOrganization(organization: string): Promise<number> {
  return (await OrganizationModel.deleteOne({ _id: organization, endedAt: { $ne: null } })).deletedCount
}

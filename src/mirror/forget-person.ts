import { LeverOpportunityModel } from './lever-opportunity-model.ts'
import { hashesToFind, type PersonKeyDeps } from './person-hashes.ts'

/**
 * Forgets by which e-mails and links a person is recognized: all hashes of the person's own opportunities (`opportunityIds`), and only the
 * person's own hashes in others. What Lever shows later is kept like anybody's. @returns how many opportunities had such hashes
 */
export async function forgetPerson(
  deps: PersonKeyDeps,
  organization: string,
  person: { emails: readonly string[]; links: readonly string[]; opportunityIds: readonly string[] },
): Promise<number> {
  const { emailHashes, linkHashes } = await hashesToFind(deps, organization, person)
  const leverId = { $in: [...person.opportunityIds] }
  const hasHashes = [{ 'emailHashes.0': { $exists: true } }, { 'linkHashes.0': { $exists: true } }]
  const own = await LeverOpportunityModel.updateMany(
    { organization, leverId, $or: hasHashes },
    { $set: { emailHashes: [], linkHashes: [], hashesRemoved: true } },
  )
  const shared = await LeverOpportunityModel.updateMany(
    { organization, $or: [{ emailHashes: { $in: emailHashes } }, { linkHashes: { $in: linkHashes } }] },
    { $pullAll: { emailHashes, linkHashes }, $set: { hashesRemoved: true } },
  )
  return own.modifiedCount + shared.modifiedCount
}

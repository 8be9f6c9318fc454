import type { QueryFilter } from 'mongoose'
import { LeverOpportunityModel, type LeverOpportunityRecord } from './lever-opportunity-model.ts'
import { hashesToFind, type PersonKeyDeps } from './person-hashes.ts'

/**
 * Forgets by which e-mails and links somebody would be recognized. What Lever shows later is kept as of anybody there.
 * @returns of how many opportunities
 */
export async function forgetPerson(
  deps: PersonKeyDeps,
  organization: string,
  person: { emails: readonly string[]; links: readonly string[]; opportunityIds: readonly string[]; contactIds: readonly string[] },
): Promise<number> {
  const { emailHashes, linkHashes } = await hashesToFind(deps, organization, person)
  const ways: QueryFilter<LeverOpportunityRecord>[] = [
    { emailHashes: { $in: emailHashes } },
    { linkHashes: { $in: linkHashes } },
    { leverId: { $in: [...person.opportunityIds] } },
    { contactId: { $in: [...person.contactIds] } },
  ]
  const forgotten = await LeverOpportunityModel.updateMany({ organization, $or: ways }, { $set: { emailHashes: [], linkHashes: [] } })
  return forgotten.modifiedCount
}

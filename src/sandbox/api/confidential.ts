/** Access to confidential records (opportunities, postings, requisitions). */
import type { Confidentiality } from '../account/records.ts'
import type { ApiCall } from './endpoint.ts'
import { badRequest, LeverError, notFound } from './lever-error.ts'

interface MaybeConfidential {
  confidentiality: Confidentiality
}

/**
 * Reads the list parameter `confidentiality`; without it, only non-confidential records are listed.
 * @throws LeverError 403 if the credential may not see what is requested
 */
export function confidentialityFilter(call: ApiCall): (record: MaybeConfidential) => boolean {
  const wanted = call.query.get('confidentiality') ?? 'non-confidential'
  if (!['non-confidential', 'confidential', 'all'].includes(wanted))
    throw badRequest(`confidentiality: ${wanted} is not one of non-confidential, confidential, all`)
  if (wanted !== 'non-confidential' && !call.credential.confidential) throw new LeverError(403, 'No access to confidential data')
  return (record) => wanted === 'all' || record.confidentiality === wanted
}

/**
 * Returns the record if the caller may see it: without the grant, a confidential one is 403 or 404 (Lever's API documentation; which one is
 * assumed).
 */
export function visible<T extends MaybeConfidential>(call: ApiCall, collection: string, id: string, record: T | undefined): T {
  if (!record) throw notFound(collection, id)
  if (record.confidentiality === 'confidential' && !call.credential.confidential) {
    const { confidentialItem } = call.world.settings.answers
    throw confidentialItem === 404 ? notFound(collection, id) : new LeverError(confidentialItem, 'No access to confidential data')
  }
  return record
}

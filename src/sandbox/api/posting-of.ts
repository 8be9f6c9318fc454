import type { Posting } from '../account/records.ts'
import { visible } from './confidential.ts'
import type { ApiCall } from './endpoint.ts'

/** The posting in the path if the caller may see it; otherwise 404. */
export function postingOf(call: ApiCall): Posting {
  const id = call.params['id'] ?? ''
  return visible(call, 'postings', id, call.world.account.postings.get(id))
}

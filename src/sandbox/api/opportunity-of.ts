import type { Opportunity } from '../account/records.ts'
import { visible } from './confidential.ts'
import type { ApiCall } from './endpoint.ts'

/** Returns the opportunity in the path if the caller may see it; otherwise 404. */
export function opportunityOf(call: ApiCall): Opportunity {
  const id = call.params['id'] ?? ''
  return visible(call, 'opportunities', id, call.world.account.opportunities.get(id))
}

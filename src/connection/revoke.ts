import type { Audit } from '../audit/audit.ts'
import type { RevocationCause } from './connection-model.ts'
import { type GrantState, markRevoked } from './grant.ts'

/**
 * Records that Lever no longer accepts a grant. Work is held until a new authorization; settings, mappings, and
 * signature tokens stay. Does nothing if another generation has replaced the grant.
 */
export function createRevoker({ audit }: { audit: Pick<Audit, 'append'> }) {
  return async (state: GrantState, cause: RevocationCause): Promise<void> => {
    if (!(await markRevoked(state._id, state.grant.generation, cause))) return
    const organization = String(state.organization)
    await audit.append({ organization, actor: 'lever', action: 'connection.revoked', subject: `connection:${String(state._id)}`, cause })
  }
}

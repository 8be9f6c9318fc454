import type { Audit } from '../audit/audit.ts'
import type { Log } from '../log.ts'
import type { RevocationCause } from './connection-model.ts'
import type { GrantState } from './grant.ts'
import { markRevoked } from './store-grant.ts'

/**
 * Notes that Lever no longer accepts a grant: work is held until a new authorization; settings, mappings and signature tokens stay.
 * Does nothing when another generation of the grant has taken its place.
 */
export function createRevoker({ audit, log }: { audit: Pick<Audit, 'append'>; log: Log }) {
  return async (state: GrantState, cause: RevocationCause): Promise<void> => {
    if (!(await markRevoked(state._id, state.grant.generation, cause))) return
    const organization = String(state.organization)
    log.warn({ organization, connection: String(state._id), cause }, 'Lever does not accept the grant any more')
    await audit.append({ organization, actor: 'lever', action: 'connection.revoked', subject: `connection:${String(state._id)}`, cause })
  }
}

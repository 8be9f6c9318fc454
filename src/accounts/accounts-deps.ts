import type { Publish } from '../events/domain-events.ts'
import type { Audit } from '../audit/audit.ts'
import type { Log } from '../log.ts'
import type { Sealer } from '../secrets/sealer.ts'

/** What the functions of accounts work with. */
export interface AccountsDeps {
  sealer: Sealer
  /** Without a slash at its end; sign-in links begin with it. */
  publicUrl: string
  audit: Pick<Audit, 'append' | 'begin'>
  log?: Log
  publish: Publish
}

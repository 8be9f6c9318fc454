import type { Publish } from '../events/domain-events.ts'
import type { Audit } from '../audit/audit.ts'
import type { Log } from '../log.ts'
import type { Sealer } from '../secrets/sealer.ts'

export interface AccountsDeps {
  sealer: Sealer
  /** Without a trailing slash. Sign-in links begin with it. */
  publicUrl: string
  audit: Pick<Audit, 'append' | 'begin'>
  log?: Log
  publish: Publish
}

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
  /** Told before a person is removed, so that nothing of theirs comes back with somebody of the same e-mail; may be told again. */
  onPersonRemoved: (organization: string, email: string, actor: string) => Promise<void>
  /** Told when this person is not, or no longer, an active admin: ends what is under way in their name as one. May be told again. */
  onAdminEnded: (organization: string, email: string) => Promise<void>
}

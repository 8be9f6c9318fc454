import type { Accounts } from '../accounts/accounts.ts'
import type { Audit } from '../audit/audit.ts'

/** A Lever user, as mapping needs to know one. */
export interface LeverPerson {
  id: string
  name: string | null
  email: string | null
  accessRole: string | null
  /** Not null: Lever accepts nothing performed as this user. */
  deactivatedAt: Date | null
}

/** What mapping is given of others: people, the audit trail, and Lever's users as the mirror has them. */
export interface MappingDeps {
  accounts: Pick<Accounts, 'activePeople' | 'findPerson' | 'peopleByEmail'>
  audit: Pick<Audit, 'append'>
  leverUsers: {
    /** Asks Lever; falls back on what was last seen. @throws ServiceError when neither can tell */
    lookUp(organization: string, email: string): Promise<LeverPerson | null>
    byId(organization: string, ids: readonly string[]): Promise<Map<string, LeverPerson>>
    /** All as last seen, deactivated ones too. */
    all(organization: string): Promise<LeverPerson[]>
    /** Reads all from Lever now. @throws ServiceError when Lever cannot be asked */
    refresh(organization: string): Promise<void>
  }
}

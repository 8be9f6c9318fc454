import type { Accounts } from '../accounts/accounts.ts'
import type { Audit } from '../audit/audit.ts'

/** A Lever user with the fields that mapping needs. */
export interface LeverPerson {
  id: string
  name: string | null
  email: string | null
  accessRole: string | null
  /** If set, Lever accepts nothing performed as this user. */
  deactivatedAt: Date | null
}

/** What mapping needs from other parts: people, the audit trail, and Lever's users from the mirror. */
export interface MappingDeps {
  accounts: Pick<Accounts, 'activePeople' | 'findPerson' | 'peopleByEmail'>
  audit: Pick<Audit, 'append'>
  leverUsers: {
    /**
     * Asks Lever, and falls back to the last known state.
     * @throws ServiceError when neither has an answer
     */
    lookUp(organization: string, email: string): Promise<LeverPerson | null>
    byId(organization: string, ids: readonly string[]): Promise<Map<string, LeverPerson>>
    /** Returns all users as last seen, including deactivated ones. */
    all(organization: string): Promise<LeverPerson[]>
    /**
     * Reads all users from Lever now.
     * @throws ServiceError when Lever cannot be asked
     */
    refresh(organization: string): Promise<void>
  }
}

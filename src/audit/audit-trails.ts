import { trailKeyFrom, type Trail } from './audit-chain.ts'
import { newestEnd, putHead } from './audit-head.ts'
import { insertAfter, KEYED, trailRecord } from './insert-records.ts'

/** Organizations' secrets, from which the keys of their chains are derived. Ids are hex strings. */
export interface TrailSecrets {
  /**
   * Returns null if the secret is missing or cannot be opened. `isKeyed` is false for an organization whose records
   * have been hashed without a key so far; without `SECRET_KEYS`, nobody can make a keyed one look like that.
   */
  read(organization: string): Promise<{ secret: Buffer; isKeyed: boolean } | null>
  markKeyed(organization: string): Promise<void>
  /** Yields every organization that is not keyed yet. */
  unkeyed(): AsyncIterable<string>
}

export type AuditTrails = ReturnType<typeof createAuditTrails>

/** The keys of organizations' chains. A chain from before keys existed is sealed when it is first opened. */
export function createAuditTrails(secrets: TrailSecrets) {
  const known = new Map<string, Trail>()

  /**
   * Reads the secret from the database.
   * @throws Error if it is missing or cannot be opened
   */
  async function open(organization: string): Promise<Trail> {
    const found = await secrets.read(organization)
    if (!found) throw new TrailKeyMissing(organization)
    const trail = { organization, key: trailKeyFrom(found.secret, organization) }
    if (!found.isKeyed) {
      await sealOlderRecords(trail)
      await secrets.markKeyed(organization)
    }
    known.set(organization, trail)
    return trail
  }

  return {
    open,
    /**
     * Returns the trail, cached by this process.
     * @throws Error if the key is missing or cannot be opened
     */
    get: async (organization: string): Promise<Trail> => known.get(organization) ?? open(organization),
    unkeyed: () => secrets.unkeyed(),
  }
}

/** May be repeated, and may run in several processes at once. */
async function sealOlderRecords(trail: Trail): Promise<void> {
  for (;;) {
    const end = await newestEnd(trail.organization)
    await putHead(trail, end)
    if (end.seq === 0 || (await insertAfter(trail, end, [trailRecord(trail, KEYED)])).end) return
  }
}

/** Without the key, records can be neither chained nor checked. */
export class TrailKeyMissing extends Error {
  constructor(organization: string) {
    super(`the key of the audit trail of organization ${organization} is missing, or does not open with SECRET_KEYS`)
    this.name = 'TrailKeyMissing'
  }
}

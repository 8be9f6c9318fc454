import { trailKeyFrom, type Trail } from './audit-chain.ts'
import { newestEnd, putHead } from './audit-head.ts'
import { insertAfter, KEYED, trailRecord } from './insert-records.ts'

/** Organizations' secrets, from which the keys of their chains are derived. Ids are hex strings. */
export interface TrailSecrets {
  /**
   * Null where the secret is missing or does not open. `isKeyed` is false for an organization whose records were hashed without a key
   * so far; nobody without `SECRET_KEYS` can make a keyed one look like that.
   */
  read(organization: string): Promise<{ secret: Buffer; isKeyed: boolean } | null>
  markKeyed(organization: string): Promise<void>
  /** Every organization that is not keyed yet. */
  unkeyed(): AsyncIterable<string>
}

export type AuditTrails = ReturnType<typeof createAuditTrails>

/** The keys of organizations' chains. A chain from before there were keys is sealed when it is first opened. */
export function createAuditTrails(secrets: TrailSecrets) {
  const known = new Map<string, Trail>()

  /** Reads the secret from the database. @throws Error where it is missing or does not open */
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
    /** As opened before by this process. @throws Error where the key is missing or does not open */
    get: async (organization: string): Promise<Trail> => known.get(organization) ?? open(organization),
    unkeyed: () => secrets.unkeyed(),
  }
}

/** Harmless when it is repeated, and in several processes at once. */
async function sealOlderRecords(trail: Trail): Promise<void> {
  for (;;) {
    const end = await newestEnd(trail.organization)
    await putHead(trail, end)
    if (end.seq === 0 || (await insertAfter(trail, end, [trailRecord(trail, KEYED)])).end) return
  }
}

/** Records can be neither chained nor checked. */
export class TrailKeyMissing extends Error {
  constructor(organization: string) {
    super(`the key of the audit trail of organization ${organization} is missing, or does not open with SECRET_KEYS`)
    this.name = 'TrailKeyMissing'
  }
}

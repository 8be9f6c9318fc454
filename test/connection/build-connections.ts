/** Connections as the service builds them, whose neighbours are recorded. Apart, so that processes which are started for them alone start quickly. */
import type { Accounts } from '../../src/accounts/accounts.ts'
import type { Audit } from '../../src/audit/audit.ts'
import type { KnownLeverUser } from '../../src/connection/connection-context.ts'
import { createConnections, type Connections } from '../../src/connection/connections.ts'
import { NEVER_SYNCED } from '../../src/connection/sync-view.ts'
import { createRequestBudget } from '../../src/lever/request-budget.ts'
import { createLog } from '../../src/log.ts'
import type { Sealer } from '../../src/secrets/sealer.ts'
import type { LeverForTests } from '../support/lever.ts'
import { publishTo } from '../support/domain-events.ts'

export const PUBLIC_URL = 'http://127.0.0.1:4999'
export const ADMIN = 'ada@x.example'
export const SOURCER = 'sol@x.example'
export const ACTOR = 'apiKey:test'

/** What the neighbours of a connection were told, and what they answer. */
export interface Neighbourhood {
  calls: string[]
  mapping: { mapped: number; active: number }
  stages: string[]
  users: KnownLeverUser[]
  held: Record<string, number>
  /** Happens while exports are settled before a disconnect. */
  whileSettling: () => Promise<void>
}

export function newNeighbourhood(): Neighbourhood {
  return { calls: [], mapping: { mapped: 0, active: 0 }, stages: [], users: [], held: {}, whileSettling: () => Promise.resolve() }
}

export function buildConnections(parts: {
  lever: Pick<LeverForTests, 'apiUrl' | 'authUrl' | 'audience' | 'clientSecret'> & { clientId: string | undefined }
  sealer: Sealer
  audit: Audit
  accounts: Accounts
  neighbourhood: Neighbourhood
  publicUrl: string
  timeoutMs?: number
}): Connections {
  const { lever, neighbourhood } = parts
  const note = (call: string): Promise<void> => {
    neighbourhood.calls.push(call)
    return Promise.resolve()
  }
  return createConnections({
    ...parts,
    budget: createRequestBudget({ requestsPerSecond: 200, burst: 200 }),
    lever: { ...lever, environment: 'local', timeoutMs: parts.timeoutMs ?? 10_000 },
    log: createLog({ level: 'silent' }),
    readMappingCounts: () => Promise.resolve(neighbourhood.mapping),
    readExportAudit: async () => null,
    readSync: async () => NEVER_SYNCED,
    stageExists: (_organization, id) => Promise.resolve(neighbourhood.stages.includes(id)),
    stageIsKnown: (_organization, id) => Promise.resolve(neighbourhood.stages.includes(id)),
    knownUserByEmail: (_organization, email) => Promise.resolve(neighbourhood.users.find((user) => user.email === email) ?? null),
    leverUserByEmail: (_organization, email) => Promise.resolve(neighbourhood.users.find((user) => user.email === email) ?? null),
    heldCounts: () => Promise.resolve(neighbourhood.held),
    publish: publishTo({
      signatureTokenSaved: ({ place }) => note(`token:${place}`),
      connectionAuthorized: () => note('authorized'),
      connectionActivated: () => note('activated'),
      connectionPaused: () => note('paused'),
      async connectionEnding({ hasGrant }) {
        await note(hasGrant ? 'ending with a grant' : 'ending')
        await neighbourhood.whileSettling()
      },
      connectionEnded: () => note('ended'),
    }),
  })
}

import type { Audit } from '../audit/audit.ts'
import type { Connections } from '../connection/connections.ts'
import type { LeverOpportunity } from '../lever/opportunities.ts'
import type { Log } from '../log.ts'
import type { Mirror } from '../mirror/mirror.ts'
import type { NotedEntry } from '../mirror/note-history.ts'

/** For metrics: what a delivery's intake answered (`refused` with a code of ours), or what its processing came to (`retried`: later again). */
export interface ObservedDelivery {
  step: 'intake' | 'process'
  outcome: 'stored' | 'repeat' | 'verified' | 'held' | 'refused' | 'processed' | 'ignored' | 'failed' | 'retried'
  /** Of the eight, or `other`. */
  event: string
}

export interface EffectsOfReading {
  /** There is a candidate here that stands in Lever as this opportunity, or was exported to it. */
  isOurs: boolean
  /** How many candidates stand as it and took the reading. */
  candidates: number
  /** What was new of its past. */
  noted: NotedEntry[]
}

/** What this part needs of the parts before it; handed in by compose. */
export interface WebhookDeps {
  connections: Pick<Connections, 'get' | 'findByEndpointKey' | 'signatureTokensFor' | 'noteWebhook' | 'leverClient'>
  audit: Pick<Audit, 'append'>
  mirror: Pick<Mirror, 'recordOpportunity' | 'noteInterview'>
  /** What follows here from what is read, the same as of a sweep. */
  effects: {
    onRead(organization: string, opportunity: LeverOpportunity, readAt: Date): Promise<EffectsOfReading>
    /** Told when Lever itself says that an opportunity was deleted; may be told again. */
    onDeleted(organization: string, opportunityId: string): Promise<{ unlinked: number }>
  }
  /** There are deliveries to process. */
  wake: () => void
  leaseMs: number
  log: Log
  observe?: ((event: ObservedDelivery) => void) | undefined
}

import type { Publish } from '../events/domain-events.ts'
import type { Audit } from '../audit/audit.ts'
import type { Connections } from '../connection/connections.ts'
import type { Log } from '../log.ts'
import type { Mirror } from '../mirror/mirror.ts'

/** For metrics: what a delivery's intake answered (`refused` with a code of ours), or what its processing came to (`retried`: later again). */
export interface ObservedDelivery {
  step: 'intake' | 'process'
  outcome: 'stored' | 'repeat' | 'verified' | 'held' | 'refused' | 'processed' | 'ignored' | 'failed' | 'retried'
  /** Of the eight, or `other`. */
  event: string
}

/** What this part needs of the parts before it; handed in by compose. */
export interface WebhookDeps {
  connections: Pick<Connections, 'get' | 'findByEndpointKey' | 'signatureTokensFor' | 'noteWebhook' | 'leverClient'>
  audit: Pick<Audit, 'append'>
  mirror: Pick<Mirror, 'takeReading' | 'noteInterview'>
  publish: Publish
  /** There are deliveries to process. */
  wake: () => void
  leaseMs: number
  log: Log
  observe?: ((event: ObservedDelivery) => void) | undefined
}

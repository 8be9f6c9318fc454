import type { Publish } from '../events/domain-events.ts'
import type { Audit } from '../audit/audit.ts'
import type { Connections } from '../connection/connections.ts'
import type { Log } from '../log.ts'
import type { Mirror } from '../mirror/mirror.ts'

/** For metrics: the outcome of a delivery's intake (`refused` with our error code) or of its processing (`retried`: again later). */
export interface ObservedDelivery {
  step: 'intake' | 'process'
  outcome: 'stored' | 'repeat' | 'verified' | 'held' | 'refused' | 'processed' | 'ignored' | 'failed' | 'retried'
  /** One of the eight events, or `other`. */
  event: string
}

/** The functions that this part needs from the parts before it; supplied by compose. */
export interface WebhookDeps {
  connections: Pick<
    Connections,
    'get' | 'findByEndpointKey' | 'findRecentByEndpointKey' | 'signatureTokensFor' | 'noteWebhook' | 'leverClient'
  >
  audit: Pick<Audit, 'append'>
  mirror: Pick<Mirror, 'takeReading' | 'noteInterview'>
  publish: Publish
  /** Wakes the worker because there are deliveries to process. */
  wake: () => void
  leaseMs: number
  log: Log
  observe?: ((event: ObservedDelivery) => void) | undefined
}

/** Shared by every part of the sandbox: one account, one clock, one set of switches. */
import type { Delivery, Webhook } from './account/access-records.ts'
import type { Account } from './account/account.ts'
import type { LeverEventName, Opportunity } from './account/records.ts'
import type { FaultBox } from './control/fault-box.ts'
import type { RequestLog } from './control/request-log.ts'
import type { Settings } from './settings.ts'

/** An event that webhooks may receive. */
export interface LeverEvent {
  event: LeverEventName
  data: Record<string, unknown>
  /** checked against origin conditions and confidentiality; null for events about no opportunity */
  opportunity: Opportunity | null
}

/** Sends webhooks and keeps what came of each. */
export interface Desk {
  /** Sends the deliveries that were pending when the sandbox stopped. */
  start(): void
  emit(event: LeverEvent): void
  send(webhook: Webhook, event: string, data: unknown): Delivery
  /** Sends Lever's test event and waits for the answer. */
  verify(webhook: Webhook): Promise<Delivery>
  rerun(delivery: Delivery): Promise<Delivery>
  clear(): void
  stop(): Promise<void>
}

export interface World {
  account: Account
  settings: Settings
  faults: FaultBox
  requests: RequestLog
  urls: { url: string; apiUrl: string; audience: string }
  /** ms since the epoch by the sandbox's clock */
  now(): number
  desk: Desk
  emit(event: LeverEvent): void
  /** Reports a change, so that it is saved. */
  changed(): void
  /** Aborts when the sandbox stops, for waits that would otherwise continue. */
  stopping: AbortSignal
  /** Returns to the sample account and the initial settings. */
  reset(): void
}

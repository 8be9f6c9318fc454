/** What every part of the sandbox works on: one account, one clock, one set of switches. */
import type { Delivery, Webhook } from './account/access-records.ts'
import type { Account } from './account/account.ts'
import type { LeverEventName, Opportunity } from './account/records.ts'
import type { FaultBox } from './control/fault-box.ts'
import type { RequestLog } from './control/request-log.ts'
import type { Settings } from './settings.ts'

/** Something happened that webhooks may be told of. */
export interface LeverEvent {
  event: LeverEventName
  data: Record<string, unknown>
  /** what origin conditions and confidentiality are held against; null for events about no opportunity */
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
  /** Something was changed: keep it. */
  changed(): void
  /** Ends when the sandbox stops: for what would otherwise wait longer. */
  stopping: AbortSignal
  /** Back to the sample account and the settings of the start. */
  reset(): void
}

/** What every part of the sandbox works on: one account, one clock, one set of switches. */
import type { Account } from './account/account.ts'
import type { LeverEventName, Opportunity } from './account/records.ts'
import type { FaultBox } from './control/fault-box.ts'
import type { RequestLog } from './control/request-log.ts'
import type { Settings } from './settings.ts'
import type { DeliveryDesk } from './deliveries/delivery-desk.ts'

/** Something happened that webhooks may be told of. */
export interface LeverEvent {
  event: LeverEventName
  data: Record<string, unknown>
  /** what origin conditions and confidentiality are held against; null for events about no opportunity */
  opportunity: Opportunity | null
}

export interface World {
  account: Account
  settings: Settings
  faults: FaultBox
  requests: RequestLog
  urls: { url: string; apiUrl: string; audience: string }
  /** ms since the epoch by the sandbox's clock */
  now(): number
  desk: DeliveryDesk
  emit(event: LeverEvent): void
  /** Something was changed: keep it. */
  changed(): void
  /** Ends when the sandbox stops: for what would otherwise wait longer. */
  stopping: AbortSignal
  /** Back to the sample account and the settings of the start. */
  reset(): void
}

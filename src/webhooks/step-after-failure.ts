import { isServiceError } from '../errors.ts'
import { isLeverStatus, LeverCallError } from '../lever/lever-call-error.ts'
import { pauseAfter } from '../work/try-again.ts'
import type { Step } from '../work/write-step.ts'
import type { DeliveryDocument, DeliveryWait } from './delivery-model.ts'
import type { WebhookDeps } from './webhook-deps.ts'

const MOST_ATTEMPTS = 10
const PAUSES = { firstMs: 2000, longestMs: 10 * 60_000 }
/** How often to check whether Lever accepts calls again; a new authorization wakes it sooner. */
const UNAUTHORIZED_PAUSE_MS = 60_000
const BUSY_PAUSE_MS = 5000

/** Returns the next step of a delivery whose processing ended in `error`. */
export async function stepAfterFailure(
  deps: Pick<WebhookDeps, 'connections' | 'log'>,
  document: DeliveryDocument,
  error: unknown,
): Promise<Step> {
  const organization = String(document.organization)
  if (isServiceError(error, 'connection_not_active')) {
    const { status } = await deps.connections.get(organization)
    const isGone = status === 'disconnected'
    return isGone
      ? endAs('ignored', { code: 'connection_not_active', detail: 'The organization is no longer connected to Lever.' })
      : waitFor('authorization', UNAUTHORIZED_PAUSE_MS)
  }
  if (isLeverStatus(error, 429) || isLeverStatus(error, 503)) return waitFor('lever', Math.max(error.retryAfterMs ?? 0, BUSY_PAUSE_MS))

  const attempts = document.attempts + 1
  const failure = isServiceError(error)
    ? { code: error.code, detail: error.message }
    : { code: 'internal_error', detail: 'Something went wrong on our side.' }
  const mayHelp = !(error instanceof LeverCallError) || error.code === 'lever_unavailable' || isLeverStatus(error, 401)
  deps.log.warn({ err: error, organization, delivery: String(document._id), attempts }, 'delivery not processed')
  if (attempts >= MOST_ATTEMPTS || !mayHelp) return endAs('failed', failure, { attempts })
  const attempt = { step: 'process', outcome: 'waiting', detail: failure.detail }
  return { set: { attempts, error: failure }, attempt, history: 'tries', release: pauseAfter(attempts - 1, PAUSES) }
}

/** Ends a delivery for good, with a reason. */
export function endAs(status: 'ignored' | 'failed', error: { code: string; detail: string }, fields: object = {}): Step {
  const attempt = { step: 'process', outcome: status, detail: error.detail }
  return { set: { status, error, effects: [], ...fields }, attempt, history: 'tries', release: 'never' }
}

/** Processes a delivery again after this many ms; what it waits for is not a failure. */
export function waitFor(what: DeliveryWait, pauseMs: number): Step {
  return { attempt: { step: 'wait', outcome: what }, history: 'tries', release: pauseMs }
}

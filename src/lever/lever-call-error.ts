import { ServiceError, type ErrorCode } from '../errors.ts'

/**
 * Kinds of failure between us and Lever. For those up to `connect`, nothing was sent. `status` is a refusing answer; for `unreadable` and
 * `too_large`, the status arrived but the body is useless.
 */
export const LEVER_FAULTS = [
  'refused', 'dns', 'tls', 'connect', 'timeout', 'reset', 'redirect', 'truncated', 'unreadable', 'too_large', 'status',
] as const // prettier-ignore
export type LeverFault = (typeof LEVER_FAULTS)[number]

const NEVER_SENT: ReadonlySet<LeverFault> = new Set(['refused', 'dns', 'tls', 'connect'])
const LONGEST_MESSAGE = 300

export interface LeverCallFacts {
  kind: LeverFault
  /** Such as `POST /opportunities`, without its query. */
  call: string
  /** Status of the answer, set as soon as its first line arrived, even if the rest did not. */
  httpStatus?: number | null
  leverCode?: string | null
  leverMessage?: string | null
  retryAfterMs?: number | null
  /** Must not carry the request: its headers hold the token. */
  cause?: unknown
}

/**
 * A failed call to Lever. The code is `lever_rejected` if Lever refuses the request (4xx), and `lever_unavailable` if the same call may
 * work later: 408, 429, 5xx and every fault of the connection or the answer. `message` names only the call and the fault. Lever's own words
 * are in `leverMessage`, which may quote personal data and must not be logged.
 */
export class LeverCallError extends ServiceError {
  readonly kind: LeverFault
  readonly httpStatus: number | null
  readonly leverCode: string | null
  /** Lever's `message`, on one line, at most 300 characters. */
  readonly leverMessage: string | null
  /** False only if no byte of the request can have reached Lever. */
  readonly requestMayHaveArrived: boolean
  /** The wait that Lever requests in `Retry-After`, capped. */
  readonly retryAfterMs: number | null

  constructor(facts: LeverCallFacts) {
    const httpStatus = facts.httpStatus ?? null
    super(codeOf(httpStatus), describe(facts, httpStatus), { hint: hintOf(httpStatus), cause: facts.cause })
    this.name = 'LeverCallError'
    this.kind = facts.kind
    this.httpStatus = httpStatus
    this.leverCode = shorten(facts.leverCode)
    this.leverMessage = shorten(facts.leverMessage)
    this.requestMayHaveArrived = !NEVER_SENT.has(facts.kind)
    this.retryAfterMs = facts.retryAfterMs ?? null
  }
}

/** True for an answer from Lever with that status, such as 404 from `getOpportunity`. */
export function isLeverStatus(error: unknown, httpStatus: number): error is LeverCallError {
  return error instanceof LeverCallError && error.httpStatus === httpStatus
}

/**
 * True if Lever does not show us a record: 404 for one that is deleted, unknown or of another account, and 403 or 404 (it is unknown which)
 * for a confidential one without the grant. Never a proof of deletion.
 */
export function isNotShown(error: unknown): error is LeverCallError {
  return isLeverStatus(error, 404) || isLeverStatus(error, 403)
}

/** True if a write may have been refused because of the perform-as user. Lever's status for that is assumed. */
export function mayBeAboutPerformer(error: unknown): error is LeverCallError {
  return isNotShown(error) || isLeverStatus(error, 400)
}

function codeOf(httpStatus: number | null): ErrorCode {
  if (httpStatus === null || httpStatus === 408 || httpStatus === 429) return 'lever_unavailable'
  return httpStatus >= 400 && httpStatus < 500 ? 'lever_rejected' : 'lever_unavailable'
}

const FAULT_WORDS: Record<Exclude<LeverFault, 'status'>, string> = {
  refused: 'the connection was refused',
  dns: 'its host name was not found',
  tls: 'no secure connection could be made',
  connect: 'no connection could be made',
  timeout: 'it took too long',
  reset: 'the connection broke',
  redirect: 'the answer was a redirect that is not followed',
  truncated: 'the answer ended early',
  unreadable: 'the answer could not be read',
  too_large: 'the answer was too large',
}

function describe({ kind, call }: LeverCallFacts, httpStatus: number | null): string {
  if (kind === 'status') return `Lever answered ${httpStatus} to ${call}`
  const status = httpStatus === null ? '' : ` (status ${httpStatus})`
  return `${call} to Lever failed: ${FAULT_WORDS[kind]}${status}`
}

function hintOf(httpStatus: number | null): string {
  if (httpStatus === 403) return 'Check that the authorization or API key has the permission for this call.'
  if (codeOf(httpStatus) === 'lever_rejected') return 'Lever refuses this request. Repeating it unchanged will not help.'
  return 'Try again later.'
}

function shorten(text: string | null | undefined): string | null {
  const oneLine = text?.replaceAll(/\s+/g, ' ').trim()
  if (!oneLine) return null
  return oneLine.length > LONGEST_MESSAGE ? `${oneLine.slice(0, LONGEST_MESSAGE - 1)}…` : oneLine
}

import type { LeverFault } from './lever-call-error.ts'

const DNS = /^(ENOTFOUND|EAI_)/
const TLS = /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|EPROTO|HOSTNAME_MISMATCH)/
const UNREACHABLE = /^(EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|EHOSTDOWN|ENETDOWN)/
const TRUNCATED = /^(Z_|ERR_HTTP_CONTENT_LENGTH_MISMATCH|ERR_STREAM_PREMATURE_CLOSE)/
const NOT_HTTP = /^HPE_/

/** Returns the fault of a connection that never opened. `reached`: the other side had accepted it, and TLS failed. */
export function connectFault(error: unknown, reached: boolean): LeverFault {
  if (reached) return 'tls'
  const code = codeOf(error)
  if (code === 'ECONNREFUSED') return 'refused'
  if (DNS.test(code)) return 'dns'
  return TLS.test(code) ? 'tls' : 'connect'
}

/**
 * Returns the fault of a request that was being sent or answered; `answered` if the answer's first line had arrived. On a connection that
 * was open before (`connected`), no error code proves that nothing arrived: a route can vanish, or a TLS alert arrive, after the bytes were
 * sent.
 */
export function exchangeFault(error: unknown, { answered, connected }: { answered: boolean; connected: boolean }): LeverFault {
  const code = codeOf(error)
  if (NOT_HTTP.test(code)) return 'unreadable'
  if (answered || TRUNCATED.test(code)) return 'truncated'
  if (connected) return 'reset'
  if (code === 'ECONNREFUSED') return 'refused'
  if (DNS.test(code)) return 'dns'
  if (TLS.test(code)) return 'tls'
  return UNREACHABLE.test(code) ? 'connect' : 'reset'
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : ''
}

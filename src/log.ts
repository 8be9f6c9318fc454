import { pino, type DestinationStream, type Logger } from 'pino'

export type Log = Pick<Logger, 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'child'>

/** Names of fields that hold a secret or personal data, wherever they stand in a log line. */
const REDACTED = [
  'accessToken', 'refreshToken', 'access_token', 'refresh_token', 'apiKey', 'authorization', 'cookie', 'clientSecret', 'client_secret',
  'signatureToken', 'signature', 'secret', 'secretKeys', 'token', 'code', 'state', 'password',
  'email', 'emails', 'leverEmail', 'userEmail', 'name', 'phone', 'phones', 'headline', 'body', 'rawBody', 'payload', 'note', 'summary', 'links',
] // prettier-ignore

/** Codes of ours and of the operating system are no secrets; an OAuth `code` is. */
const KEPT_CODE = /^[A-Z_0-9]{3,40}$|^[a-z]+(_[a-z]+)+$/

function censor(value: unknown, path: string[]): unknown {
  const last = path.at(-1)
  if (last === 'code' && (typeof value === 'number' || (typeof value === 'string' && KEPT_CODE.test(value)))) return value
  if (last === 'name' && path.includes('err')) return value
  return '[redacted]'
}

/** An error as a log line keeps it: what and where, without the request or response that HTTP clients hang on to it. */
export function describeError(error: unknown, depth = 0): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: typeof error === 'string' ? error : 'a value that is not an Error was thrown' }
  const { code, status } = error as { code?: unknown; status?: unknown }
  return {
    type: error.name,
    message: error.message,
    ...(code === undefined ? {} : { code }),
    ...(status === undefined ? {} : { status }),
    stack: error.stack,
    ...(error.cause === undefined || depth > 3 ? {} : { cause: describeError(error.cause, depth + 1) }),
  }
}

/**
 * JSON lines, pretty on a terminal. One line an event, with ids and no personal data; `error` means that somebody must act.
 * Fields that hold secrets or personal data are redacted three levels deep.
 */
export function createLog(options: { level: string; pretty?: boolean; destination?: DestinationStream }): Log {
  const settings = {
    level: options.level,
    base: { pid: process.pid },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: (error: unknown) => describeError(error) },
    redact: { paths: REDACTED.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor },
  }
  if (options.destination) return pino(settings, options.destination)
  if (options.pretty)
    return pino({
      ...settings,
      transport: { target: 'pino-pretty', options: { translateTime: 'HH:MM:ss', ignore: 'pid' } },
      formatters: {},
    })
  return pino(settings)
}

import { pino, type DestinationStream, type Logger } from 'pino'

export type Log = Pick<Logger, 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal'>

/** Names of fields that contain a secret or personal data, anywhere in a log line. */
const REDACTED: ReadonlySet<string> = new Set([
  'accessToken', 'refreshToken', 'access_token', 'refresh_token', 'apiKey', 'authorization', 'cookie', 'clientSecret', 'client_secret',
  'signatureToken', 'signature', 'secret', 'secretKeys', 'token', 'code', 'state', 'password',
  'email', 'emails', 'leverEmail', 'userEmail', 'name', 'phone', 'phones', 'headline', 'body', 'rawBody', 'payload', 'note', 'summary', 'links',
]) // prettier-ignore

/** Our codes and those of the operating system are not secret; an OAuth `code` is. */
const KEPT_CODE = /^[A-Z_0-9]{3,40}$|^[a-z]+(_[a-z]+)+$/
/** More deeply nested values are left out. */
const DEEPEST = 6

/**
 * Returns a copy without secrets. Written by hand, because pino's redaction by path costs more than everything else
 * in a request to the webhook endpoint.
 */
function withoutSecrets(fields: Record<string, unknown>, depth = 1): Record<string, unknown> {
  const copy: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(fields))
    copy[name] = REDACTED.has(name) && !isHarmlessCode(name, value) ? '[redacted]' : shown(value, depth)
  return copy
}

/** Returns the fields of an event that are logged. */
function kept(fields: object): Record<string, unknown> {
  const { err, ...others } = fields as Record<string, unknown>
  return withoutSecrets({ ...others, ...(err === undefined ? {} : { err: describeError(err) }) })
}

function isHarmlessCode(name: string, value: unknown): boolean {
  return name === 'code' && (typeof value === 'number' || (typeof value === 'string' && KEPT_CODE.test(value)))
}

function shown(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (depth > DEEPEST) return '[left out]'
  if (value instanceof Error) return withoutSecrets(describeError(value), depth + 1)
  if (Array.isArray(value)) return value.map((one) => shown(one, depth + 1))
  if ('toJSON' in value && typeof value.toJSON === 'function') return shown(value.toJSON(), depth + 1)
  return withoutSecrets({ ...value }, depth + 1)
}

/**
 * Returns the loggable form of an error: what happened and where, without the request or response that HTTP clients
 * attach to it.
 */
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
 * Creates a log of JSON lines, pretty-printed on a terminal. Each event is one line, with ids and no personal data;
 * `error` means that somebody must act. Fields with secrets or personal data are redacted at any depth.
 */
export function createLog(options: { level: string; pretty?: boolean; destination?: DestinationStream }): Log {
  const settings = {
    level: options.level,
    base: { pid: process.pid },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }), log: kept },
    serializers: { err: (described: unknown) => described }, // unchanged from `kept`
  }
  if (options.destination) return pino(settings, options.destination)
  if (options.pretty)
    return pino({
      ...settings,
      transport: { target: 'pino-pretty', options: { translateTime: 'HH:MM:ss', ignore: 'pid' } },
      formatters: { log: kept },
    })
  return pino(settings)
}

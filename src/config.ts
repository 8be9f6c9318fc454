import { MongoClient } from 'mongodb'
import { z } from 'zod'
import { withoutTrailingSlashes } from './trailing-slashes.ts'

const LEVER = {
  production: { apiUrl: 'https://api.lever.co/v1', authUrl: 'https://auth.lever.co', audience: 'https://api.lever.co/v1/', appUrl: 'https://hire.lever.co' },
  sandbox: { apiUrl: 'https://api.sandbox.lever.co/v1', authUrl: 'https://sandbox-lever.auth0.com', audience: 'https://api.sandbox.lever.co/v1/', appUrl: 'https://hire.sandbox.lever.co' },
  local: { apiUrl: 'http://127.0.0.1:4010/v1', authUrl: 'http://127.0.0.1:4010', audience: 'http://127.0.0.1:4010/v1/', appUrl: 'http://127.0.0.1:4010' },
} as const // prettier-ignore

export type LeverEnvironment = keyof typeof LEVER

/** A key that seals secrets at rest: AES-256, 32 bytes. */
export interface SecretKey {
  id: string
  key: Buffer
}

const LOOPBACK_HOSTS = new Set(['localhost', '127.0.0.1', '[::1]', '::1'])

export function isLoopbackHost(hostname: string): boolean {
  return LOOPBACK_HOSTS.has(hostname) || /^127\.\d+\.\d+\.\d+$/.test(hostname) || hostname.endsWith('.localhost')
}

const blankIsAbsent = (value: unknown): unknown => (value === '' ? undefined : value)
const optional = <T extends z.ZodType>(schema: T) => z.preprocess(blankIsAbsent, schema.optional())
const withDefault = <T extends z.ZodType>(schema: T, fallback: z.input<T>) =>
  z.preprocess((value) => blankIsAbsent(value) ?? fallback, schema)
const wholeNumber = (min: number, max: number) =>
  z.string().or(z.number()).transform((value, ctx) => {
    const number = typeof value === 'number' ? value : /^\d+$/.test(value) ? Number(value) : Number.NaN
    if (Number.isInteger(number) && number >= min && number <= max) return number
    ctx.addIssue(`must be a whole number from ${min} to ${max}`)
    return z.NEVER
  }) // prettier-ignore
const duration = (fallback: number, min = 1) => withDefault(wholeNumber(min, 2 ** 31 - 1), fallback)

const address = z.string().check(({ value, issues }) => {
  const url = URL.canParse(value) ? new URL(value) : null
  const refuse = (message: string) => issues.push({ code: 'custom', input: value, message })
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) refuse('must be an http or https address')
  else if (url.protocol === 'http:' && !isLoopbackHost(url.hostname)) refuse('must be https; http is for a loopback host only')
  else if (url.username || url.password || url.search || url.hash) refuse('must not carry a user, a query or a fragment')
}) // prettier-ignore
const httpUrl = address.transform(withoutTrailingSlashes)
const origin = httpUrl.refine((value) => !URL.canParse(value) || new URL(value).pathname === '/', 'must be an origin, without a path')

const secretKeys = z.string().transform((value, ctx): SecretKey[] => {
  const keys = value.split(',').map((part) => {
    const [, id, base64] = /^\s*([A-Za-z0-9_-]{1,32}):([A-Za-z0-9+/]{43}=)\s*$/.exec(part) ?? []
    return id && base64 ? { id, key: Buffer.from(base64, 'base64') } : null
  })
  if (keys.some((key) => key === null)) ctx.addIssue('each key must be id:base64(32 bytes), comma-separated')
  else if (new Set(keys.map((key) => key?.id)).size !== keys.length) ctx.addIssue('each key needs an id of its own')
  else if (keys.some((key) => key && new Set(key.key).size === 1))
    ctx.addIssue('holds a key whose bytes are all the same; use 32 random bytes')
  return keys.filter((key) => key !== null)
})

const ROLES = ['web', 'worker'] as const
export type ProcessRole = (typeof ROLES)[number]
const roles = z.string().transform((value, ctx): ProcessRole[] => {
  const given = value.split(',').map((role) => role.trim()).filter(Boolean) // prettier-ignore
  const unknown = given.filter((role) => !ROLES.includes(role as ProcessRole))
  if (unknown.length > 0 || given.length === 0) ctx.addIssue('must be web, worker or web,worker')
  return ROLES.filter((role) => given.includes(role))
})
const mongoUri = z
  .string()
  .check(({ value, issues }) => {
    const fault = faultOfMongoUri(value)
    if (fault !== null) issues.push({ code: 'custom', input: value, message: fault })
  })
  .transform(withDatabase)

const UNENCODED = 'cannot be parsed as a MongoDB connection string; percent-encode special characters in its user and password'

/** The driver's message about an invalid URI is left out, because it may contain part of the password. */
function faultOfMongoUri(uri: string): string | null {
  if (!/^mongodb(\+srv)?:\/\//.test(uri)) return 'must begin with mongodb:// or mongodb+srv://'
  // the driver would take the text after the first @ of a password for a host, and log its name
  const [beforeAt = '', ...afterAt] = uri.replace(/^[^/]*\/\//, '').split('@')
  if (afterAt.length > 1 || (afterAt.length === 1 && beforeAt.includes('/'))) return UNENCODED
  try {
    void new MongoClient(uri) // parses the URI without connecting
    return null
  } catch {
    return UNENCODED
  }
}

/** Mechanisms whose users are not stored in a database. */
const WITHOUT_USER_DATABASE = /[?&]authMechanism=(MONGODB-X509|MONGODB-AWS|MONGODB-OIDC|GSSAPI|PLAIN)\b/i

/** Uses the database `fulcrum` if the URI names none. Users are still looked up in `admin`, as the driver does without a database name. */
function withDatabase(uri: string): string {
  const [, servers = '', database = '', options = ''] = /^(mongodb(?:\+srv)?:\/\/[^/?]*)\/?([^?]*)(.*)$/s.exec(uri) ?? []
  if (database !== '') return uri
  const needsSource = servers.includes('@') && !/[?&]authSource=/i.test(options) && !WITHOUT_USER_DATABASE.test(options)
  const source = needsSource ? `${options.length > 1 ? '&' : '?'}authSource=admin` : ''
  return `${servers}/fulcrum${options === '?' ? '' : options}${source}`
}

/** An operator's key may be chosen by hand, so only its length is checked. */
const SHORTEST_OPERATOR_KEY = 24
const operatorKey = z.string().min(SHORTEST_OPERATOR_KEY, `must have at least ${SHORTEST_OPERATOR_KEY} characters`)

const Environment = z.object({
  NODE_ENV: withDefault(z.string(), 'development'),
  HOST: withDefault(z.string(), '127.0.0.1'),
  PORT: withDefault(wholeNumber(0, 65_535), 4000),
  PUBLIC_URL: optional(origin),
  ROLES: withDefault(roles, 'web,worker'),
  MONGODB_URI: optional(mongoUri),
  DATA_DIR: withDefault(z.string(), '.data'),
  SECRET_KEYS: optional(secretKeys),
  OPERATOR_API_KEY: optional(operatorKey),
  LEVER_ENVIRONMENT: withDefault(z.enum(['production', 'sandbox', 'local']), 'production'),
  LEVER_API_URL: optional(httpUrl),
  LEVER_AUTH_URL: optional(origin),
  LEVER_AUDIENCE: optional(address),
  LEVER_CLIENT_ID: optional(z.string()),
  LEVER_CLIENT_SECRET: optional(z.string()),
  LEVER_REQUESTS_PER_SECOND: withDefault(wholeNumber(1, 1000), 10),
  LEVER_BURST: withDefault(wholeNumber(1, 1000), 15),
  LEASE_MS: duration(15_000, 100),
  SETTLE_MS: duration(60_000),
  LEVER_TIMEOUT_MS: duration(20_000, 50),
  SHUTDOWN_GRACE_MS: duration(10_000, 0),
  TRUSTED_PROXIES: withDefault(wholeNumber(0, 100), 0),
  OIDC_ISSUER: optional(address),
  OIDC_CLIENT_ID: optional(z.string()),
  OIDC_CLIENT_SECRET: optional(z.string()),
  NOTE_DELAY_MS: duration(3_600_000, 0),
  JOB_POLL_MS: duration(1000, 10),
  EVENT_TARGETS_PRIVATE: withDefault(z.enum(['0', '1']), '0'),
  LOG_LEVEL: withDefault(z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']), 'info'),
  SANDBOX_PORT: withDefault(wholeNumber(0, 65_535), 4010),
  SANDBOX_ANSWERS: withDefault(z.enum(['likeliest', 'reversed', 'third']), 'likeliest'),
}) // prettier-ignore

type ParsedEnvironment = z.output<typeof Environment>
type RawEnvironment = Record<string, string | undefined>

/** Invalid environment: `faults` names every invalid variable, one line each. */
export class ConfigError extends Error {
  readonly faults: string[]
  constructor(faults: string[]) {
    super(`The configuration is not usable:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`)
    this.name = 'ConfigError'
    this.faults = faults
  }
}

/**
 * Reads the whole environment once, at startup; nothing else reads `process.env`. White space around a value, such as
 * the line end of a mounted secret file, is removed. `required` names the variables that have no default when the
 * service starts this way.
 * @throws ConfigError naming every missing and every invalid variable, without any part of a secret
 */
export function readConfig(given: RawEnvironment, required: (keyof ParsedEnvironment)[] = []) {
  const env: RawEnvironment = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, value?.trim()]))
  const missing = required.filter((name) => blankIsAbsent(env[name]) === undefined)
  const parsed = Environment.safeParse(env)
  const wrong = parsed.success ? [] : parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`)
  const faults = [...missing.map((name) => `${name} is required`), ...wrong, ...setFaults(env)]
  if (!parsed.success || faults.length > 0) throw new ConfigError(faults)
  return toConfig(parsed.data)
}

/** Variables that must be set together. */
const SETS = [
  ['LEVER_CLIENT_ID', 'LEVER_CLIENT_SECRET'],
  ['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET'],
] as const satisfies (keyof ParsedEnvironment)[][]

function setFaults(env: RawEnvironment): string[] {
  const isGiven = (name: string): boolean => blankIsAbsent(env[name]) !== undefined
  const broken = SETS.filter((names) => names.some(isGiven) && !names.every(isGiven))
  return broken.map((names) => `${names.slice(0, -1).join(', ')} and ${names.at(-1)} are needed together`)
}

function toConfig(env: ParsedEnvironment) {
  const lever = LEVER[env.LEVER_ENVIRONMENT]
  return {
    production: env.NODE_ENV === 'production',
    host: env.HOST,
    port: env.PORT,
    /** Without a trailing slash. */
    publicUrl: env.PUBLIC_URL ?? `http://127.0.0.1:${env.PORT}`,
    roles: env.ROLES,
    mongodbUri: env.MONGODB_URI,
    dataDir: env.DATA_DIR,
    secretKeys: env.SECRET_KEYS ?? [],
    operatorApiKey: env.OPERATOR_API_KEY,
    lever: {
      environment: env.LEVER_ENVIRONMENT,
      apiUrl: env.LEVER_API_URL ?? lever.apiUrl,
      authUrl: env.LEVER_AUTH_URL ?? lever.authUrl,
      audience: env.LEVER_AUDIENCE ?? (env.LEVER_API_URL ? `${env.LEVER_API_URL}/` : lever.audience),
      appUrl: lever.appUrl,
      clientId: env.LEVER_CLIENT_ID,
      clientSecret: env.LEVER_CLIENT_SECRET,
      requestsPerSecond: env.LEVER_REQUESTS_PER_SECOND,
      burst: env.LEVER_BURST,
      timeoutMs: env.LEVER_TIMEOUT_MS,
    },
    /** Null without sign-in by OpenID Connect. */
    openId: openIdOf(env),
    leaseMs: env.LEASE_MS,
    settleMs: env.SETTLE_MS,
    shutdownGraceMs: env.SHUTDOWN_GRACE_MS,
    trustedProxies: env.TRUSTED_PROXIES,
    noteDelayMs: env.NOTE_DELAY_MS,
    jobPollMs: env.JOB_POLL_MS,
    logLevel: env.LOG_LEVEL,
    sandboxPort: env.SANDBOX_PORT,
    sandboxAnswers: env.SANDBOX_ANSWERS,
  }
}

/** An OpenID Connect provider. `issuer` is written as the provider writes it, including a trailing slash. */
export interface OpenIdSettings {
  issuer: string
  clientId: string
  clientSecret: string
}

function openIdOf({
  OIDC_ISSUER: issuer,
  OIDC_CLIENT_ID: clientId,
  OIDC_CLIENT_SECRET: clientSecret,
}: ParsedEnvironment): OpenIdSettings | null {
  return issuer && clientId && clientSecret ? { issuer, clientId, clientSecret } : null
}

export type Config = ReturnType<typeof readConfig>

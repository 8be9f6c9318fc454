import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/** A random token of ours (API key, session, link): 256 bits, safe in URLs, told apart by its prefix. */
export function createOpaqueToken(prefix: string): string {
  return `${prefix}_${randomBytes(32).toString('base64url')}`
}

/** What is stored of a token of ours. Its randomness makes a plain hash enough. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}

/** A keyed fingerprint of personal data (e-mail, link), base64url. `key` is the organization's own. */
export function keyedHash(key: Buffer, value: string): string {
  return createHmac('sha256', key).update(value).digest('base64url')
}

/** Compares in constant time, whatever the lengths. */
export function equalSecrets(a: string, b: string): boolean {
  return timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest())
}

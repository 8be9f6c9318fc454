import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/** Returns a new random token (API key, session, link): 256 bits, safe in URLs, distinguished by its prefix. */
export function createOpaqueToken(prefix: string): string {
  return `${prefix}_${randomBytes(32).toString('base64url')}`
}

/** Returns the stored form of a random token. Its randomness makes a plain hash sufficient. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}

/** Returns a keyed fingerprint of personal data (email, link), base64url. `key` is the organization's own. */
export function keyedHash(key: Buffer, value: string): string {
  return createHmac('sha256', key).update(value).digest('base64url')
}

/** Compares in constant time for any lengths. */
export function equalSecrets(a: string, b: string): boolean {
  return timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest())
}

import { randomBytes } from 'node:crypto'

/** More than a masked token needs. */
const LONGEST = 200

/**
 * Returns the session's CSRF token as a page carries it: combined with random bytes, so that it differs on every page. Pages are compressed
 * and may repeat what somebody else put into their address; a constant token could then be guessed from their lengths (BREACH).
 */
export function maskCsrfToken(token: string): string {
  const plain = Buffer.from(token)
  const mask = randomBytes(plain.length)
  return Buffer.concat([mask, xor(plain, mask)]).toString('base64url')
}

/** Returns the token that a form or header carries; an empty string if it is not one of ours. */
export function unmaskCsrfToken(masked: string): string {
  if (masked.length > LONGEST) return ''
  const bytes = Buffer.from(masked, 'base64url')
  const middle = bytes.length / 2
  return Number.isInteger(middle) ? xor(bytes.subarray(middle), bytes.subarray(0, middle)).toString() : ''
}

function xor(bytes: Buffer, mask: Buffer): Buffer {
  return Buffer.from(bytes.map((byte, index) => byte ^ (mask[index] ?? 0)))
}

import { randomBytes, randomUUID } from 'node:crypto'

/** Returns an id in Lever's format. */
export function newId(): string {
  return randomUUID()
}

/** Returns 48 hex characters: the format of Lever's signature tokens and of a delivery's `token` (recorded). */
export function newHexToken(): string {
  return randomBytes(24).toString('hex')
}

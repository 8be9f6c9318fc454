import { randomBytes, randomUUID } from 'node:crypto'

/** An id in the form of Lever's. */
export function newId(): string {
  return randomUUID()
}

/** 48 hex characters: the form of Lever's signature tokens and of the `token` of a delivery (recorded). */
export function newHexToken(): string {
  return randomBytes(24).toString('hex')
}

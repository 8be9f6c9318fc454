import { createHmac } from 'node:crypto'

/** Returns the lower-case hex of HMAC-SHA256 over `token` and `triggeredAt` in ms; `data` is not covered (Lever's API documentation). */
export function signDelivery(signatureToken: string, token: string, triggeredAt: number): string {
  return createHmac('sha256', signatureToken).update(`${token}${triggeredAt}`).digest('hex')
}

/** Requests that wait for a person's consent, and the codes that follow: in memory, short-lived, for one use. */
import { createHash, randomBytes } from 'node:crypto'
import type { OauthApp } from '../account/access-records.ts'

const CODE_LIFE_MS = 600_000

/** A checked request to authorize. */
export interface AuthorizeRequest {
  app: OauthApp
  redirectUri: string
  state: string | null
  scopes: string[]
  alwaysAsk: boolean
  codeChallenge: string | null
}

interface IssuedCode {
  request: AuthorizeRequest
  userId: string
  expiresAt: number
}

export class AuthorizationCodes {
  readonly #waiting = new Map<string, { request: AuthorizeRequest; userId: string }>()
  readonly #codes = new Map<string, IssuedCode>()

  /** Keeps the request until the person decides; only that person can. */
  hold(request: AuthorizeRequest, userId: string): string {
    const id = randomBytes(16).toString('hex')
    this.#waiting.set(id, { request, userId })
    return id
  }

  decide(id: string, userId: string): AuthorizeRequest | null {
    const held = this.#waiting.get(id)
    if (!held || held.userId !== userId) return null
    this.#waiting.delete(id)
    return held.request
  }

  issue(request: AuthorizeRequest, userId: string, now: number): string {
    const code = randomBytes(24).toString('base64url')
    this.#codes.set(code, { request, userId, expiresAt: now + CODE_LIFE_MS })
    return code
  }

  /** The code is used up, whatever the result. */
  redeem(
    code: string,
    given: { clientId: string; redirectUri: string; codeVerifier: string | undefined; checkVerifier: boolean; now: number },
  ): IssuedCode | null {
    const issued = this.#codes.get(code)
    this.#codes.delete(code)
    if (!issued || issued.expiresAt <= given.now) return null
    const { request } = issued
    if (request.app.clientId !== given.clientId || request.redirectUri !== given.redirectUri) return null
    return !given.checkVerifier || fitsChallenge(request.codeChallenge, given.codeVerifier) ? issued : null
  }
}

function fitsChallenge(challenge: string | null, verifier: string | undefined): boolean {
  if (challenge === null) return true
  return verifier !== undefined && createHash('sha256').update(verifier).digest('base64url') === challenge
}

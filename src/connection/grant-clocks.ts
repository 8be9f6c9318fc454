import type { ConnectionDocument } from './connection-model.ts'

const DAY_MS = 86_400_000
/** A refresh token dies when it is not used for so long (Lever's API documentation). */
const IDLE_MS = 90 * DAY_MS
/** And a year after it was given at the latest (Lever's API documentation); assumed to count from the authorization, whatever comes of refreshes. */
const LIFE_MS = 365 * DAY_MS

/** When an authorization ends by itself. */
export interface GrantClocks {
  /** Renewed by itself long before. */
  accessTokenExpiresAt: Date | null
  /** Moves on with every refresh; null for an API key, which does not end. */
  idleEndsAt: Date | null
  endsAt: Date | null
}

export function grantClocks({ auth, grant }: Pick<ConnectionDocument, 'auth' | 'grant'>): GrantClocks {
  if (auth.kind !== 'oauth') return { accessTokenExpiresAt: null, idleEndsAt: null, endsAt: null }
  return {
    accessTokenExpiresAt: grant.accessTokenExpiresAt ?? null,
    idleEndsAt: later(grant.obtainedAt, IDLE_MS),
    endsAt: later(auth.authorizedAt, LIFE_MS),
  }
}

function later(at: Date | null | undefined, byMs: number): Date | null {
  return at ? new Date(at.getTime() + byMs) : null
}

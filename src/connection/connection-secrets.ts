import type { Sealed, Sealer, SecretPlace } from '../secrets/sealer.ts'

type GrantField = 'grant.accessToken' | 'grant.refreshToken' | 'grant.apiKey'
type SecretField = GrantField | `webhooks.${string}.hand` | `webhooks.${string}.api`

export interface ConnectionSecrets {
  seal(organization: string, field: SecretField, secret: string): Sealed
  /** @throws Error if it was sealed for another place, or with a key that no longer exists */
  open(organization: string, field: SecretField, sealed: Sealed): string
  /** Seals the PKCE verifier of one attempt to authorize, bound to its start address. */
  sealFlow(organization: string, startHash: string, codeVerifier: string): Sealed
  openFlow(organization: string, startHash: string, sealed: Sealed): string
}

/** Seals the secrets of a connection, bound to the organization and to their field. */
export function connectionSecrets(sealer: Sealer): ConnectionSecrets {
  return {
    seal: (organization, field, secret) => sealer.seal(secret, connectionPlace(organization, field)),
    open: (organization, field, sealed) => sealer.open(sealed, connectionPlace(organization, field)),
    sealFlow: (organization, startHash, codeVerifier) => sealer.seal(codeVerifier, flowPlace(organization, startHash)),
    openFlow: (organization, startHash, sealed) => sealer.open(sealed, flowPlace(organization, startHash)),
  }
}

export function connectionPlace(organization: string, field: SecretField): SecretPlace {
  return { organization, record: 'connection', field }
}

export function flowPlace(organization: string, startHash: string): SecretPlace {
  return { organization, record: `authorizationFlow/${startHash}`, field: 'codeVerifier' }
}

import type { Sealed, Sealer } from '../secrets/sealer.ts'

type GrantField = 'grant.accessToken' | 'grant.refreshToken' | 'grant.apiKey'
type SecretField = GrantField | `webhooks.${string}.hand` | `webhooks.${string}.api`

export interface ConnectionSecrets {
  seal(organization: string, field: SecretField, secret: string): Sealed
  /** @throws Error when it was sealed elsewhere or with a key that is gone */
  open(organization: string, field: SecretField, sealed: Sealed): string
}

/** Seals what a connection holds, bound to the organization and to the field it stands in. */
export function connectionSecrets(sealer: Sealer): ConnectionSecrets {
  return {
    seal: (organization, field, secret) => sealer.seal(secret, { organization, record: 'connection', field }),
    open: (organization, field, sealed) => sealer.open(sealed, { organization, record: 'connection', field }),
  }
}

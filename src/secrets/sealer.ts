import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto'
import type { SecretKey } from '../config.ts'

/** The location of a secret. It is bound to the sealed value, so that a copy in another location cannot be opened. */
export interface SecretPlace {
  /** The organization's id. */
  organization: string
  /** The kind of record, with its id if an organization has several: `connection`, `delivery/…`. */
  record: string
  field: string
}

/** `v1.<key id>.<base64url of nonce, tag and ciphertext>` */
export type Sealed = string

export interface Sealer {
  seal(secret: string, place: SecretPlace): Sealed
  /** @throws Error if the key is unknown, the place differs, or the value was changed */
  open(sealed: Sealed, place: SecretPlace): string
  /** True if the value was sealed with a key other than the first. */
  isOutdated(sealed: Sealed): boolean
  /** Returns the id of the key it was sealed with, and whether that key is available. */
  keyOf(sealed: Sealed): { id: string; isKnown: boolean }
  /**
   * Returns a keyed hash with the first key, base64url, for values that must be compared but not stored, such as the
   * address of a failed sign-in.
   */
  fingerprint(text: string): string
}

const NONCE_BYTES = 12
const TAG_BYTES = 16

/**
 * Creates a sealer for secrets at rest: AES-256-GCM with a new nonce each time. The first key seals; every key opens.
 * @throws Error if no key is given
 */
export function createSealer(keys: SecretKey[]): Sealer {
  const [first] = keys
  if (!first) throw new Error('at least one secret key is needed')
  const fingerprintKey = createHmac('sha256', first.key).update('fingerprint').digest()
  const byId = new Map(keys.map(({ id, key }) => [id, key]))

  return {
    seal(secret, place) {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv('aes-256-gcm', first.key, nonce, { authTagLength: TAG_BYTES })
      cipher.setAAD(placeBytes(place))
      const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()])
      return `v1.${first.id}.${Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64url')}`
    },
    open(sealed, place) {
      const [version, id = '', data = ''] = sealed.split('.')
      const key = byId.get(id)
      if (version !== 'v1' || !key) throw new Error(`a secret of ${place.record} was sealed with a key that is not in SECRET_KEYS`)
      const bytes = Buffer.from(data, 'base64url')
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
      decipher.setAAD(placeBytes(place))
      decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES))
      return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8')
    },
    fingerprint: (text) => createHmac('sha256', fingerprintKey).update(text).digest('base64url'),
    isOutdated: (sealed) => sealed.split('.')[1] !== first.id,
    keyOf(sealed) {
      const id = sealed.split('.')[1] ?? ''
      return { id, isKnown: byId.has(id) }
    },
  }
}

function placeBytes({ organization, record, field }: SecretPlace): Buffer {
  return Buffer.from(JSON.stringify([organization, record, field]))
}

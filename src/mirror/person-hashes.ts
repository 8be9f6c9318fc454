import { addressKey } from '../people/email-key.ts'
import { formerKeys } from '../people/former-keys.ts'
import { personKeys } from '../people/person-keys.ts'
import { keyedHash } from '../secrets/opaque-token.ts'
import type { HashKeys } from './mirror-deps.ts'

export interface PersonHashes {
  emailHashes: string[]
  linkHashes: string[]
}

interface Person {
  emails: readonly string[]
  links: readonly string[]
}

/**
 * Returns the hashes that find a person here: those of their identifying values, also in the forms of earlier
 * versions.
 * @param by `address`: hashes of every email address, including shared ones, since Lever joins contacts that share
 * any address
 */
export async function hashesToFind(
  deps: HashKeys,
  organization: string,
  { emails, links }: Person,
  by: 'identity' | 'address' = 'identity',
): Promise<PersonHashes> {
  const keys = personKeys({ emails, links })
  const former = formerKeys({ emails, links })
  const hashAll = hasher(await deps.hashKeyOf(organization))
  const addresses = by === 'address' ? emails.map(addressKey) : keys.emails
  return { emailHashes: hashAll([...addresses, ...former.emails]), linkHashes: hashAll([...keys.profiles, ...former.links]) }
}

/** Returns the stored form of Lever's contacts: keyed hashes of their addresses and profiles, without duplicates. */
export async function personHasher(deps: HashKeys, organization: string): Promise<(person: Person) => PersonHashes> {
  const hashAll = hasher(await deps.hashKeyOf(organization))
  return ({ emails, links }) => ({ emailHashes: hashAll(emails.map(addressKey)), linkHashes: hashAll(personKeys({ links }).profiles) })
}

function hasher(key: Buffer): (values: readonly string[]) => string[] {
  return (values) => [...new Set(values)].map((value) => keyedHash(key, value))
}

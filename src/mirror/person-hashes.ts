import { keyedHash } from '../secrets/opaque-token.ts'

/** How people are recognized without their addresses being kept: the same normal forms as candidates are compared in. */
export interface PersonKeyDeps {
  /** The organization's own key, 32 bytes. */
  hashKeyOf(organization: string): Promise<Buffer>
  emailKey: (email: string) => string
  linkKey: (link: string) => string
}

export interface PersonHashes {
  emailHashes: string[]
  linkHashes: string[]
}

interface PersonKeys {
  emails: readonly string[]
  links: readonly string[]
}

/** Keyed hashes of e-mails and links in their normal forms, each once. */
export async function hashPersonKeys(deps: PersonKeyDeps, organization: string, person: PersonKeys): Promise<PersonHashes> {
  return (await personHasher(deps, organization))(person)
}

/** The same for many people, with the key read once. */
export async function personHasher(deps: PersonKeyDeps, organization: string): Promise<(person: PersonKeys) => PersonHashes> {
  const key = await deps.hashKeyOf(organization)
  const hashAll = (values: string[]): string[] => [...new Set(values)].map((value) => keyedHash(key, value))
  return ({ emails, links }) => ({ emailHashes: hashAll(emails.map(deps.emailKey)), linkHashes: hashAll(links.map(deps.linkKey)) })
}

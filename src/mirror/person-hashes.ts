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

/** Keyed hashes of e-mails and links in their normal forms, each once. */
export async function hashPersonKeys(
  deps: PersonKeyDeps,
  organization: string,
  person: { emails: readonly string[]; links: readonly string[] },
): Promise<PersonHashes> {
  const key = await deps.hashKeyOf(organization)
  const hashAll = (values: string[]): string[] => [...new Set(values)].map((value) => keyedHash(key, value))
  return { emailHashes: hashAll(person.emails.map(deps.emailKey)), linkHashes: hashAll(person.links.map(deps.linkKey)) }
}

/** Contacts by id and by email. */
import type { Contact } from './records.ts'

/** Lever compares "a canonical form" of the address; ignoring case and white space is our assumption. */
export function canonicalEmail(email: string): string {
  return email.trim().toLowerCase()
}

/** The form may also omit dots and plus parts before the @. */
function withoutDotsAndPlus(email: string): string {
  const [local = '', ...domain] = canonicalEmail(email).split('@')
  const [name = ''] = local.split('+', 1)
  return [name.replaceAll('.', ''), ...domain].join('@')
}

export type CanonicalForm = 'case' | 'dotsAndPlus'

export function isSameEmail(a: string, b: string, form: CanonicalForm): boolean {
  const canonical = form === 'case' ? canonicalEmail : withoutDotsAndPlus
  return canonical(a) === canonical(b)
}

export class ContactStore {
  readonly #byId = new Map<string, Contact>()
  readonly #byEmail = new Map<string, Set<string>>()

  get size(): number {
    return this.#byId.size
  }

  get(id: string): Contact | undefined {
    return this.#byId.get(id)
  }

  values(): Iterable<Contact> {
    return this.#byId.values()
  }

  add(contact: Contact): void {
    this.#byId.set(contact.id, contact)
    this.#index(contact)
  }

  remove(contact: Contact): void {
    for (const email of contact.emails) this.#byEmail.get(withoutDotsAndPlus(email))?.delete(contact.id)
    this.#byId.delete(contact.id)
  }

  change(contact: Contact, fields: Partial<Omit<Contact, 'id'>>): void {
    for (const email of contact.emails) this.#byEmail.get(withoutDotsAndPlus(email))?.delete(contact.id)
    Object.assign(contact, fields)
    this.#index(contact)
  }

  /** Oldest first. */
  withEmail(email: string, form: CanonicalForm = 'case'): Contact[] {
    const ids = this.#byEmail.get(withoutDotsAndPlus(email)) ?? []
    const contacts = [...ids].flatMap((id) => this.#byId.get(id) ?? [])
    return contacts
      .filter((contact) => contact.emails.some((own) => isSameEmail(own, email, form)))
      .toSorted((a, b) => a.createdAt - b.createdAt)
  }

  #index(contact: Contact): void {
    for (const email of contact.emails) {
      const key = withoutDotsAndPlus(email)
      const ids = this.#byEmail.get(key)
      if (ids) ids.add(contact.id)
      else this.#byEmail.set(key, new Set([contact.id]))
    }
  }
}

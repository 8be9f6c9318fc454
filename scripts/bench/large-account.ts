import type { AccountData } from '../../src/sandbox/account/account.ts'
import { sampleAccount } from '../../src/sandbox/seed/sample-account.ts'

const YEAR_MS = 365 * 86_400_000
const OLDEST_YEARS = 5

/**
 * Returns a Lever account with this many opportunities, each of a different person, created over the last five years, with more of them
 * recently: copies of the sample account's under other ids, addresses and times.
 */
export function largeAccount(opportunities: number): AccountData {
  const account = sampleAccount({})
  const contacts = new Map(account.contacts.map((contact) => [contact.id, contact]))
  const now = Date.now()
  const made = Array.from({ length: opportunities }, (_, index) => {
    const model = pick(account.opportunities, index)
    const person = contacts.get(model.contact) ?? pick(account.contacts, index)
    const createdAt = Math.floor(now - OLDEST_YEARS * YEAR_MS * (index / opportunities) ** 2 - 60_000)
    const contact = { ...person, id: idOf(1, index), emails: [`person-${index}@large.example`], links: [], createdAt }
    const updatedAt = model.updatedAt === null ? null : createdAt + 1000
    const moved = { createdAt, updatedAt, lastAdvancedAt: createdAt + 500, lastInteractionAt: createdAt + 500, snoozedUntil: null }
    return { contact, opportunity: { ...model, ...moved, id: idOf(2, index), contact: contact.id } }
  })
  return {
    ...account,
    contacts: made.map(({ contact }) => contact),
    opportunities: made.map(({ opportunity }) => opportunity),
    notes: [],
  }
}

function pick<T>(items: readonly T[], index: number): T {
  const item = items[index % items.length]
  if (item === undefined) throw new Error('the sample account is empty')
  return item
}

/** Returns an id in Lever's format; `kind` keeps the ids of different records apart. */
function idOf(kind: number, index: number): string {
  return `${String(kind).padStart(8, '0')}-0000-4000-8000-${index.toString(16).padStart(12, '0')}`
}

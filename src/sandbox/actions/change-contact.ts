/** Changes to a person, which show on all of their opportunities. */
import { belongings } from '../account/account.ts'
import type { Contact } from '../account/records.ts'
import type { World } from '../world.ts'
import { touchOpportunity } from './change-opportunity.ts'

export function changeContact(world: World, contact: Contact, fields: Partial<Omit<Contact, 'id'>>): void {
  world.account.contacts.change(contact, fields)
  for (const opportunity of world.account.opportunities.ofContact(contact.id)) touchOpportunity(world, opportunity)
  world.emit({ event: 'contactUpdated', data: { contactId: contact.id }, opportunity: null })
  world.changed()
}

/**
 * Merges contacts, as a person does in the UI: the opportunities of `from` move to `into`, and `from` is deleted (assumed: the
 * opportunities count as updated).
 */
export function mergeContacts(world: World, from: Contact, into: Contact): void {
  const emails = from.emails.filter((email) => !into.emails.includes(email))
  for (const opportunity of world.account.opportunities.ofContact(from.id)) {
    world.account.opportunities.moveTo(opportunity, into.id)
    touchOpportunity(world, opportunity)
  }
  world.account.contacts.remove(from)
  changeContact(world, into, { emails: [...into.emails, ...emails] })
}

/** For a privacy request: removes all personal data and keeps the record. */
export function anonymizeContact(world: World, contact: Contact): void {
  for (const opportunity of world.account.opportunities.ofContact(contact.id)) {
    for (const belonging of belongings(world.account).personal) belonging.delete(opportunity.id)
    if (opportunity.application) opportunity.application.submission = null
  }
  changeContact(world, contact, { name: '', headline: '', location: '', emails: [], phones: [], links: [], isAnonymized: true })
}

/** Changes to a person, which show on all of their opportunities. */
import type { Contact } from '../account/records.ts'
import type { World } from '../world.ts'
import { touchOpportunity } from './change-opportunity.ts'

export function changeContact(world: World, contact: Contact, fields: Partial<Omit<Contact, 'id'>>): void {
  world.account.contacts.change(contact, fields)
  for (const opportunity of world.account.opportunities.ofContact(contact.id)) touchOpportunity(world, opportunity)
  world.emit({ event: 'contactUpdated', data: { contactId: contact.id }, opportunity: null })
  world.changed()
}

/** For a privacy request: everything personal goes, the record stays. */
export function anonymizeContact(world: World, contact: Contact): void {
  for (const opportunity of world.account.opportunities.ofContact(contact.id)) {
    world.account.notes.delete(opportunity.id)
    world.account.files.delete(opportunity.id)
  }
  changeContact(world, contact, { name: '', headline: '', location: '', emails: [], phones: [], links: [], isAnonymized: true })
}

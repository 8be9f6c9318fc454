import { z } from 'zod'
import { changeContact } from '../actions/change-contact.ts'
import { Phone, type Contact } from '../account/records.ts'
import { ok, parseBody, type ApiAnswer, type ApiCall, type Endpoint } from './endpoint.ts'
import { badRequest, notFound } from './lever-error.ts'
import { contactJson } from './opportunity-shape.ts'
import { plainBody } from './request-body.ts'

export const contactEndpoints: Endpoint[] = [
  {
    method: 'GET',
    path: '/contacts/:id',
    permission: 'Retrieve a single contact',
    scope: 'contact:read:admin',
    handle: (call) => ok(contactJson(contactOf(call), 'read')),
  },
  { method: 'PUT', path: '/contacts/:id', permission: 'Update a contact', scope: 'contact:write:admin', handle: putContact },
]

const ContactBody = z.object({
  name: z.string().optional(),
  headline: z.string().optional(),
  location: z.string().optional(),
  emails: z.array(z.string()).optional(),
  phones: z.array(Phone.extend({ type: z.string().nullable().default(null) })).optional(),
})

function contactOf(call: ApiCall): Contact {
  const contact = call.world.account.contacts.get(call.params['id'] ?? '')
  if (!contact) throw notFound('contacts', call.params['id'] ?? '')
  return contact
}

/** Only given fields change, and arrays are replaced; an anonymized contact cannot be changed (Lever's API documentation). */
function putContact(call: ApiCall): ApiAnswer {
  const contact = contactOf(call)
  if (contact.isAnonymized) throw badRequest('An anonymized contact cannot be changed')
  const given = Object.entries(parseBody(ContactBody, plainBody(call.body))).filter(([, value]) => value !== undefined)
  changeContact(call.world, contact, Object.fromEntries(given))
  return ok(contactJson(contact, 'written'), contact.id)
}

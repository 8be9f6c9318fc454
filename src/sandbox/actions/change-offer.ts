/** Creates, sends and signs offers as people do in Lever's UI; the API only reads offers. */
import { addTo } from '../account/account.ts'
import type { Offer } from '../account/hiring-records.ts'
import { offerFields, type OfferTerms } from '../account/offer-fields.ts'
import type { Contact, Opportunity, User } from '../account/records.ts'
import { newId } from '../ids.ts'
import type { World } from '../world.ts'
import { touchOpportunity } from './change-opportunity.ts'

/** Creates a draft, which counts among the requisition's active offers. */
export function addOffer(world: World, opportunity: Opportunity, fields: OfferTerms, by: User): Offer {
  const contact = world.account.contacts.get(opportunity.contact) as Contact
  const manager = world.account.users.get(fields.posting.hiringManager ?? '')
  const offer: Offer = {
    id: newId(),
    opportunity: opportunity.id,
    posting: fields.posting.id,
    createdAt: world.now(),
    status: 'draft',
    creator: by.id,
    fields: offerFields(contact, manager, fields, world.now()),
    approved: null,
    approvedAt: null,
    sentAt: null,
    sentDocument: null,
    signedDocument: null,
    signatures: {},
  }
  addTo(world.account.offers, opportunity.id, offer)
  fields.requisition?.offerIds.push(offer.id)
  touchOpportunity(world, opportunity)
  return offer
}

export function approveOffer(world: World, opportunity: Opportunity, offer: Offer): void {
  Object.assign(offer, { status: 'approved', approved: true, approvedAt: world.now() })
  touchOpportunity(world, opportunity)
}

export function sendOffer(world: World, opportunity: Opportunity, offer: Offer): void {
  const { name, emails } = world.account.contacts.get(opportunity.contact) as Contact
  const now = world.now()
  offer.status = 'sent'
  offer.sentAt = now
  offer.sentDocument = { fileName: `Offer ${name}.pdf`, uploadedAt: now }
  offer.signatures = {
    candidate: {
      role: 'candidate',
      name,
      email: emails[0] ?? null,
      firstOpenedAt: null,
      lastOpenedAt: null,
      signed: false,
      signedAt: null,
    },
  }
  touchOpportunity(world, opportunity)
}

export function signOffer(world: World, opportunity: Opportunity, offer: Offer): void {
  if (!offer.sentDocument) sendOffer(world, opportunity, offer)
  const now = world.now()
  offer.status = 'signed'
  offer.signedDocument = { fileName: offer.sentDocument?.fileName.replace(/\.pdf$/, ' (signed).pdf') ?? 'Offer.pdf', uploadedAt: now }
  for (const signature of Object.values(offer.signatures))
    Object.assign(signature, { firstOpenedAt: signature.firstOpenedAt ?? now, lastOpenedAt: now, signed: true, signedAt: now })
  touchOpportunity(world, opportunity)
}

/** Removes the offer from the requisition's active offers. */
export function denyOffer(world: World, opportunity: Opportunity, offer: Offer): void {
  offer.status = 'denied'
  for (const requisition of world.account.requisitions.values()) requisition.offerIds = requisition.offerIds.filter((id) => id !== offer.id)
  touchOpportunity(world, opportunity)
}

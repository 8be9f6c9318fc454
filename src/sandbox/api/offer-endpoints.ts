/** Offers: read only, and their documents (Lever's API documentation). */
import type { Offer } from '../account/hiring-records.ts'
import type { ApiAnswer, ApiCall, Endpoint } from './endpoint.ts'
import { badRequest, notFound } from './lever-error.ts'
import { offerDocument } from './offer-document.ts'
import { opportunityOf } from './opportunity-of.ts'
import { pageOf } from './paging.ts'
import { select } from './selection.ts'

const READ = 'offers:read:admin'
const PATH = '/opportunities/:id/offers'

export const offerEndpoints: Endpoint[] = [
  { method: 'GET', path: PATH, permission: 'List all opportunity offers', scope: READ, handle: listOffers },
  { method: 'GET', path: `${PATH}/:offer/download`, permission: 'Download an opportunity offer', scope: READ, handle: download },
]

function listOffers(call: ApiCall): ApiAnswer {
  const offers = call.world.account.offers.get(opportunityOf(call).id) ?? []
  return pageOf(
    call,
    offers,
    ({ createdAt, id }) => [createdAt, id],
    (offer) => offerJson(call, offer),
  )
}

function offerJson(call: ApiCall, offer: Offer): Record<string, unknown> {
  const { opportunity, ...shown } = offer
  const document = (which: 'sent' | 'signed'): unknown => {
    const file = offer[`${which}Document`]
    const downloadUrl = `${call.world.urls.apiUrl}/opportunities/${opportunity}/offers/${offer.id}/download?status=${which}`
    return file && { ...file, downloadUrl }
  }
  const record = { ...shown, sentDocument: document('sent'), signedDocument: document('signed') }
  return select(call.query, record, {
    creator: () => (offer.creator ? (call.world.account.users.get(offer.creator) ?? null) : null),
  })
}

/** `status` selects the document; by default the signed one, else the sent one (assumed). */
function download(call: ApiCall): ApiAnswer {
  const id = call.params['offer'] ?? ''
  const offer = call.world.account.offers.get(opportunityOf(call).id)?.find((one) => one.id === id)
  if (!offer) throw notFound('offers', id)
  const status = call.query.get('status') ?? (offer.signedDocument ? 'signed' : 'sent')
  if (status !== 'sent' && status !== 'signed') throw badRequest('status must be sent or signed')
  const document = offer[`${status}Document`]
  if (!document) throw notFound('offers', `${id} with status ${status}`)
  return { status: 200, body: offerDocument(offer, document.fileName), contentType: 'application/pdf' }
}

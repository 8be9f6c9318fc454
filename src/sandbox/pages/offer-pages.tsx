/** Offers: all of them, and those of a candidate with their steps from draft to signature. */
import type { Router } from '@koa/router'
import type { VNode } from 'preact'
import type { Offer } from '../account/hiring-records.ts'
import type { Contact, Opportunity, User } from '../account/records.ts'
import { addOffer, approveOffer, denyOffer, sendOffer, signOffer } from '../actions/change-offer.ts'
import type { SandboxState } from '../sandbox-state.ts'
import type { World } from '../world.ts'
import { messagePage } from './message-page.tsx'
import { Page, sendPage } from './page.tsx'
import { Press } from './press.tsx'
import type { Sessions } from './sessions.ts'
import { field, goTo, pagesFor, type PageCall } from './signed-in.ts'

const STEPS = { approve: approveOffer, send: sendOffer, sign: signOffer, deny: denyOffer }

export function offerPages(world: World, router: Router<SandboxState>, sessions: Sessions): void {
  const page = pagesFor(router, sessions, 'everybody')
  page('GET', '/offers', (call) => sendPage(call.ctx, listPage(world, call.user)))
  for (const [step, take] of Object.entries(STEPS)) {
    page('POST', `/offers/:id/${step}`, (call) => {
      const offer = [...world.account.offers.values()].flat().find(({ id }) => id === call.params['id'])
      const opportunity = offer && world.account.opportunities.get(offer.opportunity)
      if (!offer || !opportunity) return sendPage(call.ctx, messagePage('No such offer', 'There is no offer at this address.'), 404)
      if (isOpen(offer)) take(world, opportunity, offer)
      return goTo(call, `/candidates/${opportunity.id}`)
    })
  }
}

/** Creates a draft from the form on a candidate's page. Does nothing without a posting, which an offer needs. */
export function offerFromForm(world: World, call: PageCall, opportunity: Opportunity): void {
  const posting = world.account.postings.get(opportunity.application?.posting ?? '')
  const startDate = Date.parse(field(call, 'startDate'))
  const salary = Number(field(call, 'salary'))
  if (!posting || Number.isNaN(startDate) || Number.isNaN(salary)) return
  const requisition = world.account.requisitions.get(field(call, 'requisition')) ?? null
  addOffer(world, opportunity, { posting, requisition, salary, currency: 'USD', startDate }, call.user)
}

function isOpen({ status }: Offer): boolean {
  return status !== 'signed' && status !== 'denied'
}

function listPage(world: World, user: User): VNode {
  const offers = [...world.account.offers.values()].flat()
  return (
    <Page title="Offers" user={user} path="/offers">
      {offers.length === 0 && <p>No offers yet.</p>}
      <ul class="rows">
        {offers.map((offer) => {
          const opportunity = world.account.opportunities.get(offer.opportunity) as Opportunity
          return (
            <li key={offer.id}>
              <a href={`/candidates/${opportunity.id}`}>
                {(world.account.contacts.get(opportunity.contact) as Contact).name || 'Unnamed candidate'}
              </a>
              <span class="small">{offerText(offer)}</span>
            </li>
          )
        })}
      </ul>
    </Page>
  )
}

function offerText(offer: Offer): string {
  const value = (identifier: string): string | number | null => offer.fields.find((one) => one.identifier === identifier)?.value ?? null
  const start = value('anticipated_start_date')
  const shown = typeof start === 'number' ? new Date(start).toISOString().slice(0, 10) : 'no date'
  return `${offer.status} · ${value('job_title')} · ${value('salary_amount')} ${value('compensation_currency')} · starts ${shown}`
}

export function OfferSection({ world, opportunity }: { world: World; opportunity: Opportunity }): VNode | null {
  const posting = world.account.postings.get(opportunity.application?.posting ?? '')
  if (!posting) return null
  const requisitions = [...world.account.requisitions.values()].filter(({ postings }) => postings.includes(posting.id))
  return (
    <section class="card" aria-label="Offers">
      <h2>Offers</h2>
      <ul class="rows">
        {(world.account.offers.get(opportunity.id) ?? []).map((offer) => (
          <li key={offer.id}>
            <span>{offerText(offer)}</span>
            {isOpen(offer) && <Steps offer={offer} />}
          </li>
        ))}
      </ul>
      <form method="post" action={`/candidates/${opportunity.id}/offer`} class="add">
        <label>
          Requisition
          <select name="requisition">
            <option value="">None</option>
            {requisitions.map(({ id, requisitionCode }) => (
              <option key={id} value={id}>
                {requisitionCode}
              </option>
            ))}
          </select>
        </label>
        <label>
          Salary (USD a year)
          <input type="number" name="salary" value="120000" required />
        </label>
        <label>
          Anticipated start date
          <input type="date" name="startDate" required />
        </label>
        <button>Create offer</button>
      </form>
    </section>
  )
}

function Steps({ offer }: { offer: Offer }): VNode {
  return (
    <span class="actions">
      <Press to={`/offers/${offer.id}/approve`} text="Approve" />
      <Press to={`/offers/${offer.id}/send`} text="Send" />
      <Press to={`/offers/${offer.id}/sign`} text="Sign" />
      <Press to={`/offers/${offer.id}/deny`} text="Deny" />
    </span>
  )
}

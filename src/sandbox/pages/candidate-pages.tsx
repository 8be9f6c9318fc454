/** The candidates by stage, and one candidate with the possible actions. */
import type { Router } from '@koa/router'
import type { Contact, Opportunity } from '../account/records.ts'
import { anonymizeContact } from '../actions/change-contact.ts'
import { archive, deleteOpportunity, moveToStage, unarchive } from '../actions/change-opportunity.ts'
import type { SandboxState } from '../sandbox-state.ts'
import type { World } from '../world.ts'
import { candidateListPage } from './candidate-list-page.tsx'
import { candidatePage } from './candidate-page.tsx'
import { scheduleFromForm } from './interview-pages.tsx'
import { messagePage } from './message-page.tsx'
import { offerFromForm } from './offer-pages.tsx'
import { sendPage } from './page.tsx'
import type { Sessions } from './sessions.ts'
import { field, goTo, pagesFor, type PageCall } from './signed-in.ts'

export function candidatePages(world: World, router: Router<SandboxState>, sessions: Sessions): void {
  const page = pagesFor(router, sessions, 'everybody')
  page('GET', '/candidates', (call) => sendPage(call.ctx, candidateListPage(world, call.user, call.query)))
  page('GET', '/candidates/:id', (call) =>
    withOpportunity(world, call, (opportunity) => sendPage(call.ctx, candidatePage(world, call.user, opportunity))),
  )
  page('POST', '/candidates/:id/:action', (call) => withOpportunity(world, call, (opportunity) => act(world, call, opportunity)))
}

function withOpportunity(world: World, call: PageCall, show: (opportunity: Opportunity) => void): void {
  const opportunity = world.account.opportunities.get(call.params['id'] ?? '')
  if (opportunity) show(opportunity)
  else sendPage(call.ctx, messagePage('No such candidate', 'This candidate does not exist, or was deleted.'), 404)
}

function act(world: World, call: PageCall, opportunity: Opportunity): void {
  const { account } = world
  const actions: Record<string, () => void> = {
    stage: () => {
      const stage = account.stages.find(({ id }) => id === field(call, 'stage'))
      if (stage) moveToStage(world, opportunity, stage, call.user.id)
    },
    archive: () => {
      const reason = account.archiveReasons.find(({ id }) => id === field(call, 'reason'))
      if (reason) archive(world, opportunity, reason, null)
    },
    hire: () => {
      const reason = account.archiveReasons.find(({ type }) => type === 'hired')
      if (reason) archive(world, opportunity, reason, account.requisitions.get(field(call, 'requisition')) ?? null)
    },
    unarchive: () => unarchive(world, opportunity),
    anonymize: () => anonymizeContact(world, account.contacts.get(opportunity.contact) as Contact),
    interview: () => scheduleFromForm(world, call, opportunity),
    offer: () => offerFromForm(world, call, opportunity),
    delete: () => deleteOpportunity(world, opportunity, call.user.id),
  }
  actions[call.params['action'] ?? '']?.()
  goTo(call, account.opportunities.get(opportunity.id) ? `/candidates/${opportunity.id}` : '/candidates')
}

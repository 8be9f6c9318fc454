/** Faults, settings, the request log, the whole state. */
import { canonicalEmail } from '../account/contact-store.ts'
import { opportunityJson } from '../api/opportunity-shape.ts'
import type { SandboxContext } from '../sandbox-state.ts'
import { SettingsChange, type Settings } from '../settings.ts'
import type { World } from '../world.ts'
import { controlBody, unknown, type Control } from './control-body.ts'
import { FaultRequest } from './fault-box.ts'

export function worldControls(world: World, control: Control): void {
  control('POST', '/faults', (ctx) => world.faults.add(controlBody(ctx, FaultRequest)))
  control('GET', '/faults', () => ({ data: world.faults.list() }))
  control('DELETE', '/faults', () => world.faults.clear())
  control('GET', '/settings', () => settingsJson(world))
  control('PATCH', '/settings', (ctx) => changeSettings(world, controlBody(ctx, SettingsChange)))
  control('GET', '/requests', (ctx) => ({ data: world.requests.list(requestFilter(ctx)) }))
  control('DELETE', '/requests', () => world.requests.clear())
  control('GET', '/state', (ctx) => stateOf(world, new URLSearchParams(ctx.querystring)))
  control('GET', '/opportunities', (ctx) => ({ data: rawOpportunities(world, new URLSearchParams(ctx.querystring)) }))
  control('POST', '/reset', () => world.reset())
}

function requestFilter(ctx: SandboxContext): { since?: number; path?: string } {
  const query = new URLSearchParams(ctx.querystring)
  const [since, path] = [query.get('since'), query.get('path')]
  return { ...(since ? { since: Number(since) } : {}), ...(path ? { path } : {}) }
}

export function changeSettings(
  world: World,
  { eventGroups, rateLimit, answers, ...simple }: SettingsChange,
): Settings & { eventGroups: object } {
  Object.assign(world.settings, withoutUndefined(simple))
  Object.assign(world.settings.rateLimit, withoutUndefined(rateLimit ?? {}))
  Object.assign(world.settings.answers, withoutUndefined(answers ?? {}))
  Object.assign(world.account.eventGroups, withoutUndefined(eventGroups ?? {}))
  if (eventGroups) world.changed()
  return settingsJson(world)
}

function settingsJson(world: World): Settings & { eventGroups: object } {
  return { ...world.settings, eventGroups: world.account.eventGroups }
}

function withoutUndefined(record: object): object {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined))
}

function stateOf(world: World, query: URLSearchParams): unknown {
  const { account } = world
  const id = query.get('opportunity')
  if (id) {
    const opportunity = account.opportunities.get(id)
    if (!opportunity) throw unknown('opportunity', id)
    return {
      opportunity: opportunityJson(world, opportunity, 'read'),
      notes: account.notes.get(id) ?? [],
      files: (account.files.get(id) ?? []).map((file) => ({ ...file, content: undefined })),
    }
  }
  return {
    users: account.users.size,
    postings: account.postings.size,
    requisitions: account.requisitions.size,
    contacts: account.contacts.size,
    opportunities: account.opportunities.size,
    deletedOpportunities: account.deletedOpportunities.length,
    notes: [...account.notes.values()].flat().length,
    webhooks: account.webhooks.size,
    deliveries: account.deliveries.size,
    grants: account.grants.size,
    requests: world.requests.list({}).length,
  }
}

/** The actual records, whatever lists still show; all of them without `email`. */
function rawOpportunities(world: World, query: URLSearchParams): unknown[] {
  const email = query.get('email')
  const { contacts, opportunities } = world.account
  const found =
    email === null
      ? [...opportunities.values()]
      : contacts.withEmail(canonicalEmail(email)).flatMap((contact) => opportunities.ofContact(contact.id))
  return found.map((opportunity) => ({ ...opportunityJson(world, opportunity, 'read'), application: opportunity.application }))
}

/** The actions of people in Lever's UI, on candidates and on each other's accounts. */
import { z } from 'zod'
import { anonymizeContact, mergeContacts } from '../actions/change-contact.ts'
import { archive, deleteOpportunity, moveToStage, unarchive } from '../actions/change-opportunity.ts'
import { createOpportunity } from '../actions/create-opportunity.ts'
import { Origin, type ArchiveReason, type Contact, type Opportunity, type User } from '../account/records.ts'
import { opportunityJson } from '../api/opportunity-shape.ts'
import type { SandboxContext } from '../sandbox-state.ts'
import type { World } from '../world.ts'
import { controlBody, ControlError, unknown, type Control } from './control-body.ts'

const By = z.strictObject({ by: z.string().optional() })
const Words = z.array(z.string()).default([])
const NewCandidate = z.strictObject({
  by: z.string().optional(),
  name: z.string().default(''),
  headline: z.string().default(''),
  location: z.string().default(''),
  emails: Words,
  links: Words,
  tags: Words,
  sources: z.array(z.string()).default(['Added manually']),
  phones: z.array(z.object({ type: z.string().nullable().default(null), value: z.string() })).default([]),
  origin: Origin.default('sourced'),
  stage: z.string().default('lead-new'),
  postingId: z.string().nullable().default(null),
})
const UserChange = z.strictObject({
  name: z.string().optional(),
  email: z.string().optional(),
  accessRole: z.string().optional(),
  jobTitle: z.string().nullable().optional(),
})

export function peopleControls(world: World, control: Control): void {
  control('POST', '/opportunities', (ctx) => opportunityJson(world, addCandidate(world, controlBody(ctx, NewCandidate)), 'read'))
  const act = (path: string, change: (ctx: SandboxContext, opportunity: Opportunity) => void): void => {
    control('POST', `/opportunities/:id/${path}`, (ctx, id) => {
      const opportunity = world.account.opportunities.get(id)
      if (!opportunity) throw unknown('opportunity', id)
      change(ctx, opportunity)
      return opportunityJson(world, opportunity, 'read')
    })
  }
  act('stage', (ctx, opportunity) => {
    const body = controlBody(ctx, By.extend({ stage: z.string() }))
    moveToStage(world, opportunity, stageNamed(world, body.stage), personBy(world, body.by).id)
  })
  act('archive', (ctx, opportunity) =>
    archive(world, opportunity, reasonNamed(world, controlBody(ctx, By.extend({ reason: z.string().default('Withdrew') })).reason), null),
  )
  act('unarchive', (ctx, opportunity) => {
    controlBody(ctx, By)
    unarchive(world, opportunity)
  })
  act('hire', (ctx, opportunity) =>
    hire(world, opportunity, controlBody(ctx, By.extend({ requisitionId: z.string().optional() })).requisitionId),
  )
  act('delete', (ctx, opportunity) => deleteOpportunity(world, opportunity, personBy(world, controlBody(ctx, By).by).id))
  act('anonymize', (ctx, opportunity) => {
    controlBody(ctx, By)
    anonymizeContact(world, world.account.contacts.get(opportunity.contact) as Contact)
  })
  act('merge', (ctx, opportunity) => {
    const { into } = controlBody(ctx, By.extend({ into: z.string() }))
    const other = world.account.opportunities.get(into)
    if (!other || other.contact === opportunity.contact) throw wrong('into', `no opportunity of another contact is ${into}`)
    const { contacts } = world.account
    mergeContacts(world, contacts.get(opportunity.contact) as Contact, contacts.get(other.contact) as Contact)
  })
  userControls(world, control)
}

function userControls(world: World, control: Control): void {
  const change = (method: 'POST' | 'PATCH', path: string, fields: (ctx: SandboxContext) => Partial<User>): void => {
    control(method, path, (ctx, id) => {
      const user = findUser(world, id)
      if (!user) throw unknown('user', id)
      Object.assign(user, fields(ctx))
      world.changed()
      return user
    })
  }
  change('POST', '/users/:id/deactivate', () => ({ deactivatedAt: world.now() }))
  change('POST', '/users/:id/reactivate', () => ({ deactivatedAt: null }))
  change('PATCH', '/users/:id', (ctx) =>
    Object.fromEntries(Object.entries(controlBody(ctx, UserChange)).filter(([, value]) => value !== undefined)),
  )
}

function addCandidate(world: World, body: z.infer<typeof NewCandidate>): Opportunity {
  const by = personBy(world, body.by)
  const posting = body.postingId === null ? null : world.account.postings.get(body.postingId)
  if (posting === undefined) throw wrong('postingId', `posting ${body.postingId} is not known`)
  const fields = {
    ...body,
    stage: stageNamed(world, body.stage).id,
    posting,
    owner: by.id,
    followers: [],
    createdAt: null,
    archived: null,
    contact: null,
    opportunityLocation: null,
  }
  return createOpportunity(world, fields, by).opportunity
}

/** Uses a hired reason, and adds one to the headcount of the named requisition. */
export function hire(world: World, opportunity: Opportunity, requisitionId?: string): void {
  const reason = world.account.archiveReasons.find(({ type }) => type === 'hired') as ArchiveReason
  const requisition = requisitionId === undefined ? null : world.account.requisitions.get(requisitionId)
  if (requisition === undefined) throw wrong('requisitionId', `requisition ${requisitionId} is not known`)
  archive(world, opportunity, reason, requisition)
}

/** By id or text. */
function stageNamed(world: World, name: string): World['account']['stages'][number] {
  const stage = world.account.stages.find(({ id, text }) => id === name || text === name)
  if (!stage) throw wrong('stage', `stage ${name} is not known`)
  return stage
}

/** By id or text. */
function reasonNamed(world: World, name: string): ArchiveReason {
  const reason = world.account.archiveReasons.find(({ id, text }) => id === name || text === name)
  if (!reason) throw wrong('reason', `archive reason ${name} is not known`)
  return reason
}

/** By id or email. */
function findUser(world: World, name: string): User | undefined {
  return world.account.users.get(name) ?? [...world.account.users.values()].find(({ email }) => email === name)
}

/** Returns the named user, or else the first active Super Admin. */
function personBy(world: World, name: string | undefined): User {
  const user =
    name === undefined
      ? [...world.account.users.values()].find((one) => one.accessRole === 'super admin' && one.deactivatedAt === null)
      : findUser(world, name)
  if (!user) throw wrong('by', `user ${name ?? ''} is not known`)
  return user
}

function wrong(path: string, message: string): ControlError {
  return new ControlError(422, [{ path, message }])
}

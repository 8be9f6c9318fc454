import { isValidObjectId, type PipelineStage, type Types } from 'mongoose'
import { retryUpsert } from '../duplicate-key.ts'
import { ServiceError } from '../errors.ts'
import { literally, page, type OrderedPageRequest, type Page } from '../paging.ts'
import type { AccountsDeps } from './accounts-deps.ts'
import { normalizeEmail } from './email-address.ts'
import { PersonModel, type PersonDocument, type PersonRole } from './person-model.ts'
import { PasswordModel } from './password-model.ts'
import { SessionModel, type SessionDocument } from './session-model.ts'
import { SignInLinkModel } from './sign-in-link-model.ts'

/** A user of the service. Ids are hex strings; `email` is in its compared form. */
export interface Person {
  id: string
  organization: string
  email: string
  name: string
  role: PersonRole
  active: boolean
  createdAt: Date
}

/**
 * Creates the person with that email, or changes name, role, and `active` (default true). A deactivated person
 * immediately loses every session and the open sign-in links that they created or that are for them. An admin who
 * becomes a sourcer loses the open links that they created; the new role applies from the next request.
 */
export async function putPerson(
  deps: AccountsDeps,
  organization: string,
  email: string,
  input: { name: string; role: PersonRole; active?: boolean | undefined },
  actor: string,
): Promise<{ person: Person; created: boolean }> {
  const key = { organization, email: normalizeEmail(email) }
  const before = await upsert(key, { name: input.name, role: input.role, active: input.active ?? true })
  const person = await getPerson(organization, email)
  if (!person.active) await endAccess(organization, person.id)
  if (!person.active || person.role !== 'admin') await endAdminLinks(deps, person)
  await deps.audit.append({ organization, actor, action: changeOf(before, person), subject: `user:${person.id}` })
  return { person, created: before === null }
}

async function upsert(
  key: { organization: string; email: string },
  fields: Pick<Person, 'name' | 'role' | 'active'>,
): Promise<PersonDocument | null> {
  return retryUpsert(() => PersonModel.findOneAndUpdate(key, fields, { upsert: true, returnDocument: 'before' }).lean<PersonDocument>())
}

function changeOf(before: PersonDocument | null, after: Person): string {
  if (!before) return 'user.created'
  if (before.active !== after.active) return after.active ? 'user.activated' : 'user.deactivated'
  return before.role === after.role ? 'user.changed' : 'user.roleChanged'
}
/**
 * A `$lookup` stage for documents of the organization that name a person by email: `person` is a list of that one
 * person, or empty.
 */
export function joinPerson(organization: Types.ObjectId, emailField: string): PipelineStage.Lookup {
  const pipeline = [{ $match: { organization } }, { $project: { active: 1 } }]
  return { $lookup: { from: PersonModel.collection.name, localField: emailField, foreignField: 'email', pipeline, as: 'person' } }
}

export async function findPerson(organization: string, email: string): Promise<Person | null> {
  const found = await PersonModel.findOne({ organization, email: normalizeEmail(email) }).lean<PersonDocument>()
  return found ? toPerson(found) : null
}

/** @throws ServiceError `user_not_found` */
export async function getPerson(organization: string, email: string): Promise<Person> {
  const person = await findPerson(organization, email)
  if (!person) throw userNotFound()
  return person
}

/** Returns the people of the organization with these ids, by id. */
export async function peopleById(organization: string, ids: readonly string[]): Promise<Map<string, Person>> {
  const found = await PersonModel.find({ organization, _id: { $in: ids.filter((id) => isValidObjectId(id)) } }).lean<PersonDocument[]>()
  return new Map(found.map((person) => [person._id.toHexString(), toPerson(person)]))
}

/** Returns people by email. Both `emails` and the result use the compared form. */
export async function peopleByEmail(organization: string, emails: readonly string[]): Promise<Map<string, Person>> {
  const found = await PersonModel.find({ organization, email: { $in: [...emails] } }).lean<PersonDocument[]>()
  return new Map(found.map((person) => [person.email, toPerson(person)]))
}

/** Returns all active people of the organization, ordered by email. */
export async function activePeople(organization: string): Promise<Person[]> {
  const found = await PersonModel.find({ organization, active: true }).sort({ email: 1 }).lean<PersonDocument[]>()
  return found.map(toPerson)
}

/** Returns up to twenty active people of all organizations, who may sign in with one click in a trial. */
export async function samplePeople(): Promise<Person[]> {
  const found = await PersonModel.find({ active: true }).limit(20).lean<PersonDocument[]>()
  return found.map(toPerson)
}

/** Newest first by default. `q` is part of a name or email in any case; empty matches all. */
export async function listPeople(
  organization: string,
  request: OrderedPageRequest,
  { q = '' }: { q?: string } = {},
): Promise<Page<Person>> {
  const part = { $regex: literally(q.slice(0, 200)), $options: 'i' }
  return page(PersonModel, { organization, ...(q === '' ? {} : { $or: [{ name: part }, { email: part }] }) }, request, toPerson)
}

/** Returns all active people with that email, in any organization. Use it only after the address has been proven. */
export async function activePeopleOf(email: string): Promise<Person[]> {
  const found = await PersonModel.find({ email: normalizeEmail(email), active: true })
    .sort({ _id: 1 })
    .lean<PersonDocument[]>()
  return found.map(toPerson)
}

/** Returns the active people that a sign-in has proven, each in a different organization. */
export async function peopleInReach(sessionId: string): Promise<Person[]> {
  const session = await SessionModel.findById(sessionId, { reach: 1 }).lean<Pick<SessionDocument, 'reach'>>()
  const found = await PersonModel.find({ _id: { $in: session?.reach ?? [] }, active: true }).lean<PersonDocument[]>()
  return found.map(toPerson)
}

/** Sets the language in which the person sees the pages, in every browser. */
export async function setLanguage(organization: string, personId: string, language: string): Promise<void> {
  await PersonModel.updateOne({ _id: personId, organization }, { language }, { timestamps: false })
}

/**
 * Removes the person with every session and password, and with the links that they created or that are for them.
 * Their API keys stay.
 * @throws ServiceError `user_not_found`
 */
export async function deletePerson(deps: AccountsDeps, organization: string, email: string, actor: string): Promise<void> {
  const person = { organization, email: normalizeEmail(email) }
  // before the removal, so that a later person with the same email inherits nothing
  if (await PersonModel.exists(person)) await deps.publish('personRemoved', { organization, email: person.email, actor })
  const removed = await PersonModel.findOneAndDelete(person).lean<PersonDocument>()
  if (!removed) throw userNotFound()
  const id = removed._id.toHexString()
  await PasswordModel.deleteOne({ organization, person: id })
  await endAccess(organization, id)
  await endAdminLinks(deps, toPerson(removed))
  await deps.audit.append({ organization, actor, action: 'user.deleted', subject: `user:${id}` })
}

async function endAccess(organization: string, person: string): Promise<void> {
  await Promise.all([SessionModel.deleteMany({ organization, person }), SignInLinkModel.deleteMany({ organization, person })])
  // sessions in other organizations continue, but can no longer switch to this one
  await SessionModel.updateMany({ reach: person }, { $pull: { reach: person } })
}

/** Ends what only an admin may create or use: sign-in links for other people, and authorizations of Lever. */
async function endAdminLinks(deps: AccountsDeps, { id, organization, email }: Person): Promise<void> {
  await SignInLinkModel.deleteMany({ organization, madeBy: `user:${id}`, usedAt: null })
  await deps.publish('adminAccessEnded', { organization, email })
}

export function userNotFound(): ServiceError {
  return new ServiceError('user_not_found', 'There is no such person in this organization.', {
    hint: 'Add them in Settings > People, or with PUT /users/{email}.',
  })
}

export function toPerson({ _id, organization, email, name, role, active, createdAt }: PersonDocument): Person {
  return { id: _id.toHexString(), organization: organization.toHexString(), email, name, role, active, createdAt }
}

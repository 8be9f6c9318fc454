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

/** Somebody who uses the service. Ids are hex strings; `email` is in its compared form. */
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
 * Makes the person of that e-mail, or changes name, role and `active` (true unless given). A person made inactive loses every session at
 * once, and the open sign-in links that they made or that are for them. An admin made a sourcer loses the open links that they made; the
 * new role holds from the next request on.
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
/** A `$lookup` stage for documents of the organization that name a person by e-mail: `person` is a list of the one person, or empty. */
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

/** Those of these ids that are people of the organization, by id. */
export async function peopleById(organization: string, ids: readonly string[]): Promise<Map<string, Person>> {
  const found = await PersonModel.find({ organization, _id: { $in: ids.filter((id) => isValidObjectId(id)) } }).lean<PersonDocument[]>()
  return new Map(found.map((person) => [person._id.toHexString(), toPerson(person)]))
}

/** By e-mail in its compared form, in which `emails` are given. */
export async function peopleByEmail(organization: string, emails: readonly string[]): Promise<Map<string, Person>> {
  const found = await PersonModel.find({ organization, email: { $in: [...emails] } }).lean<PersonDocument[]>()
  return new Map(found.map((person) => [person.email, toPerson(person)]))
}

/** Everybody active in the organization, ordered by e-mail. */
export async function activePeople(organization: string): Promise<Person[]> {
  const found = await PersonModel.find({ organization, active: true }).sort({ email: 1 }).lean<PersonDocument[]>()
  return found.map(toPerson)
}

/** Up to twenty active people of all organizations: those who may sign in by one click in a trial. */
export async function samplePeople(): Promise<Person[]> {
  const found = await PersonModel.find({ active: true }).limit(20).lean<PersonDocument[]>()
  return found.map(toPerson)
}

/** Newest first unless asked otherwise; `q` is a part of name or e-mail in any case, empty for all. */
export async function listPeople(
  organization: string,
  request: OrderedPageRequest,
  { q = '' }: { q?: string } = {},
): Promise<Page<Person>> {
  const part = { $regex: literally(q.slice(0, 200)), $options: 'i' }
  return page(PersonModel, { organization, ...(q === '' ? {} : { $or: [{ name: part }, { email: part }] }) }, request, toPerson)
}

/** Everybody active of that e-mail, in any organization: for who has shown that the address is theirs. */
export async function activePeopleOf(email: string): Promise<Person[]> {
  const found = await PersonModel.find({ email: normalizeEmail(email), active: true })
    .sort({ _id: 1 })
    .lean<PersonDocument[]>()
  return found.map(toPerson)
}

/** Those active whom a sign-in has proven to be one, each in an organization of its own. */
export async function peopleInReach(sessionId: string): Promise<Person[]> {
  const session = await SessionModel.findById(sessionId, { reach: 1 }).lean<Pick<SessionDocument, 'reach'>>()
  const found = await PersonModel.find({ _id: { $in: session?.reach ?? [] }, active: true }).lean<PersonDocument[]>()
  return found.map(toPerson)
}

/** In which language the person reads the pages, on whatever browser. */
export async function setLanguage(organization: string, personId: string, language: string): Promise<void> {
  await PersonModel.updateOne({ _id: personId, organization }, { language }, { timestamps: false })
}

/**
 * Removes the person with every session and password, and with the links that they made or that are for them. Their API keys stay.
 * @throws ServiceError `user_not_found`
 */
export async function deletePerson(deps: AccountsDeps, organization: string, email: string, actor: string): Promise<void> {
  const person = { organization, email: normalizeEmail(email) }
  // before the removal, so that nothing of theirs passes to a later person with the same e-mail
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
  // those of other organizations go on, but no longer lead here
  await SessionModel.updateMany({ reach: person }, { $pull: { reach: person } })
}

/** Ends what only an admin may make or use: sign-in links for other people, and authorizations of Lever. */
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

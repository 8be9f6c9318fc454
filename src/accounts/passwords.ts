import { randomUUID } from 'node:crypto'
import type { AccountsDeps } from './accounts-deps.ts'
import { endSessionsOf } from './own-sessions.ts'
import { fitsHash, hashPassword, isOutdatedHash, DUMMY_HASH } from './password-hash.ts'
import { PasswordModel, type PasswordDocument } from './password-model.ts'
import { faultOfPassword, type PasswordFault } from './password-rules.ts'
import { getOrganization } from './organizations.ts'
import { activePeopleOf, peopleInReach, type Person } from './people.ts'
import type { PersonCaller } from './caller.ts'
import { SessionModel } from './session-model.ts'

/** How long after a sign-in without a password a new password may be set without the current one. */
const FRESH_MS = 15 * 60_000

/**
 * Returns all active people with this email, in any organization, who have this password; empty if it is wrong.
 * Takes the same time for unknown and known emails.
 */
export async function provePassword(email: string, password: string): Promise<Person[]> {
  const people = await activePeopleOf(email)
  const fitting = await fittingPasswords(people.map(({ id }) => id), password) // prettier-ignore
  return people.filter(({ id }) => fitting.has(id))
}

export async function hasPassword({ organization, personId }: Pick<PersonCaller, 'organization' | 'personId'>): Promise<boolean> {
  return (await PasswordModel.exists({ organization, person: personId })) !== null
}

/**
 * True for a while after a sign-in by link or provider: the person may then set a password without knowing the
 * current one.
 */
export async function maySetPasswordFreely({ sessionId }: PersonCaller): Promise<boolean> {
  const isFresh = { $expr: { $gt: ['$signedInAt', { $subtract: ['$$NOW', FRESH_MS] }] } }
  return (await SessionModel.exists({ _id: sessionId, by: { $ne: 'password' }, ...isFresh })) !== null
}

export type PasswordChange = 'changed' | 'wrongPassword' | PasswordFault

/**
 * Sets the caller's password in every organization that their sign-in has proven. If the sign-in is not fresh, only
 * organizations in which `current` is the password are included. Ends all other sessions of the caller there. If
 * `next` is refused, nothing changes.
 */
export async function changePassword(
  deps: Pick<AccountsDeps, 'audit'>,
  caller: PersonCaller,
  { current, next }: { current: string; next: string },
): Promise<PasswordChange> {
  const reached = await peopleInReach(caller.sessionId)
  const fault = await faultOfPassword(next, [...new Set((await Promise.all(reached.map(namesOf))).flat())])
  if (fault !== null) return fault
  const ids = reached.map(({ id }) => id)
  const fitting = (await maySetPasswordFreely(caller)) ? new Set(ids) : await fittingPasswords(ids, current)
  if (!fitting.has(caller.personId)) return 'wrongPassword'
  const changed = reached.filter(({ id }) => fitting.has(id))
  for (const person of changed) await setPassword(person, next)
  await endSessionsOf([...fitting], { except: caller.sessionId })
  for (const { organization, id } of changed)
    await deps.audit.append({ organization, actor: `user:${id}`, action: 'user.passwordSet', subject: `user:${id}` })
  return 'changed'
}

/** The names that an attacker who knows the person would try first. */
async function namesOf({ organization, name, email }: Person): Promise<string[]> {
  const { name: organizationName, sourceName } = await getOrganization(organization)
  return [name, email, organizationName, sourceName]
}

async function setPassword({ id, organization }: Person, password: string): Promise<void> {
  const hash = await hashPassword(password)
  await PasswordModel.updateOne({ person: id }, { organization, hash, version: randomUUID() }, { upsert: true })
}

/** Returns the ids of the people with this password. Hashes made before the cost increased are replaced. */
async function fittingPasswords(people: readonly string[], password: string): Promise<Set<string>> {
  const stored = await PasswordModel.find({ person: { $in: people } }).lean<PasswordDocument[]>()
  if (stored.length === 0) await fitsHash(password, DUMMY_HASH)
  const compared = await Promise.all(stored.map(async (one) => ({ one, fits: await fitsHash(password, one.hash) })))
  const fitting = compared.flatMap(({ one, fits }) => (fits ? [one] : []))
  for (const one of fitting.filter(({ hash }) => isOutdatedHash(hash))) await renewHash(one, password)
  return new Set(fitting.map(({ person }) => person.toHexString()))
}

/** Does not overwrite a password that has changed since. */
async function renewHash({ _id, hash }: PasswordDocument, password: string): Promise<void> {
  await PasswordModel.updateOne({ _id, hash }, { hash: await hashPassword(password) })
}

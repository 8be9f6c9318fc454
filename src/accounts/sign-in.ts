import type { AccountsDeps } from './accounts-deps.ts'
import type { PersonCaller } from './caller.ts'
import { organizationNames } from './organizations.ts'
import { activePeopleOf, peopleInReach, type Person } from './people.ts'
import type { SignInMethod } from './session-model.ts'
import { switchSession, type NewSession, type StartedSession } from './sessions.ts'

/** An organization that the caller may use without signing in again. */
export interface OpenOrganization {
  personId: string
  name: string
  isThis: boolean
}

/** Signs in somebody who proved to be all of these people: as the first of them, and able to switch to the others. */
export async function signInAs(
  start: (organization: string, personId: string, proof: { by: SignInMethod; reach: readonly string[] }) => Promise<StartedSession>,
  audit: AccountsDeps['audit'],
  [first, ...others]: readonly [Person, ...Person[]],
  by: 'password' | 'openId',
): Promise<StartedSession> {
  await appendFor(audit, first, SIGNED_IN[by])
  return start(first.organization, first.id, { by, reach: [first, ...others].map(({ id }) => id) })
}

const SIGNED_IN = { password: 'signIn.byPassword', openId: 'signIn.byOpenId' } as const

/** Returns the organizations that the caller's sign-in has opened, by name. */
export async function openOrganizations({ personId, sessionId }: PersonCaller): Promise<OpenOrganization[]> {
  const people = await peopleInReach(sessionId)
  const names = await organizationNames(people.map(({ organization }) => organization))
  return people
    .map(({ id, organization }) => ({ personId: id, name: names.get(organization) ?? '', isThis: id === personId }))
    .toSorted((a, b) => a.name.localeCompare(b.name))
}

/** Switches to another organization that the sign-in has opened; null if it has not, or no longer. */
export async function switchOrganization(
  deps: Pick<AccountsDeps, 'audit'>,
  { sessionId }: PersonCaller,
  personId: string,
): Promise<(NewSession & { organization: string }) | null> {
  const person = (await peopleInReach(sessionId)).find(({ id }) => id === personId)
  const session = person && (await switchSession(sessionId, personId))
  if (!person || !session) return null
  await appendFor(deps.audit, person, 'signIn.switched')
  return { ...session, organization: person.organization }
}

/** Records that too many sign-ins with this email have failed. */
export async function noteTooManyTries(deps: Pick<AccountsDeps, 'audit'>, email: string): Promise<void> {
  for (const { organization, id } of await activePeopleOf(email))
    await deps.audit.append({ organization, actor: 'system', action: 'signIn.limited', subject: `user:${id}` })
}

/** Why a sign-in failed, for the log. */
export type SignInFailure = 'wrong_password' | 'wrong_current_password' | 'spent_link' | 'unknown_link' | 'open_id_failed' | 'unknown_person' | 'limited' // prettier-ignore

/** Returns the ids of the active people with this email, in the form that the log uses. */
export async function accountsOf(email: string): Promise<string[]> {
  return (await activePeopleOf(email)).map(({ id }) => `user:${id}`)
}

async function appendFor(audit: AccountsDeps['audit'], { organization, id }: Person, action: string): Promise<void> {
  await audit.append({ organization, actor: `user:${id}`, action, subject: `user:${id}` })
}

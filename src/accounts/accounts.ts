import type { AccountsDeps } from './accounts-deps.ts'
import {
  authenticateApiKey, createApiKey, deleteApiKey, getApiKey, listApiKeys, listWorkingKeysOf, listWorkingKeysOfLeavers, type NewApiKey,
} from './api-keys.ts' // prettier-ignore
import { createHashKeyReader, createOrganization, getOrganization, listOrganizations, setSourceName } from './organizations.ts'
import type { Caller, PersonCaller } from './caller.ts'
import { createSetUpLink, isSetUpOpen, setUpFirstAdmin, type SetUp } from './first-admin.ts'
import { endSessionsOf, listOwnSessions } from './own-sessions.ts'
import { changePassword, hasPassword, maySetPasswordFreely, provePassword } from './passwords.ts'
import { activePeopleOf, deletePerson, findPerson, getPerson, listPeople, peopleById, peopleInReach, putPerson, setLanguage, type Person } from './people.ts' // prettier-ignore
import type { PersonRole } from './person-model.ts'
import type { SignInMethod } from './session-model.ts'
import { endSession, findSession, startSession, type StartedSession } from './sessions.ts'
import { noteTooManyTries, openOrganizations, signInAs, switchOrganization } from './sign-in.ts'
import { createSignInLink, findOpenSignInLink, getSignInLinkExpiry, redeemSignInLink, type Redemption } from './sign-in-links.ts'

export type Accounts = ReturnType<typeof createAccounts>

/** Who uses the service: organizations, their people and API keys, sessions and sign-in links. `actor` is that of `actorOf`. */
export function createAccounts(deps: AccountsDeps) {
  const { log } = deps
  const startLogged = async (
    organization: string,
    personId: string,
    proof: { by: SignInMethod; reach?: readonly string[] },
  ): Promise<StartedSession> => {
    const session = await startSession(organization, personId, proof)
    log?.info({ organization, actor: `user:${personId}`, by: proof.by }, 'session.started')
    return session
  }

  return {
    createOrganization: (input: { name: string; sourceName: string }) => createOrganization(deps, input),
    listOrganizations,
    getOrganization,
    setSourceName,
    hashKeyOf: createHashKeyReader(deps),

    createApiKey: (organization: string, input: NewApiKey, caller: Caller) => createApiKey(deps, organization, input, caller),
    getApiKey,
    listApiKeys,
    listWorkingKeysOf,
    listWorkingKeysOfLeavers,
    deleteApiKey: (organization: string, id: string, actor: string) => deleteApiKey(deps, organization, id, actor),
    authenticateApiKey,

    putPerson: (
      organization: string,
      email: string,
      input: { name: string; role: PersonRole; active?: boolean | undefined },
      actor: string,
    ) => putPerson(deps, organization, email, input, actor),
    findPerson,
    getPerson,
    listPeople,
    peopleById,
    deletePerson: (organization: string, email: string, actor: string) => deletePerson(deps, organization, email, actor),

    createSignInLink: (
      organization: string,
      input: { userEmail: string; path?: string | undefined; validForSeconds?: number | undefined },
      actor: string,
    ) => createSignInLink(deps, organization, input, actor),
    getSignInLinkExpiry,
    findOpenSignInLink,
    async redeemSignInLink(token: string): Promise<Redemption> {
      const redemption = await redeemSignInLink((organization, personId) => startLogged(organization, personId, { by: 'link' }), token)
      if (redemption.outcome === 'refused') log?.warn({ person: redemption.account?.personId }, 'signInLink.refused')
      return redemption
    },
    startSession: startLogged,
    findSession,
    async endSession(sessionId: string): Promise<void> {
      await endSession(sessionId)
      log?.info({ session: sessionId }, 'session.ended')
    },
    listOwnSessions,
    async endOwnSessions({ organization, personId, sessionId }: PersonCaller): Promise<void> {
      const people = await peopleInReach(sessionId)
      const ended = await endSessionsOf([personId, ...people.map(({ id }) => id)])
      log?.info({ organization, actor: `user:${personId}`, ended }, 'session.allEnded')
    },
    setLanguage,

    provePassword,
    activePeopleOf,
    signInAs: (people: readonly [Person, ...Person[]], by: 'password' | 'openId') => signInAs(startLogged, deps.audit, people, by),
    /** Resolves whether or not it could be recorded: nobody waits for it. */
    async noteTooManyTries(email: string): Promise<void> {
      await noteTooManyTries(deps, email).catch((error: unknown) => log?.error({ err: error }, 'signIn.limited could not be recorded'))
    },
    openOrganizations,
    switchOrganization: (caller: PersonCaller, personId: string) => switchOrganization(deps, caller, personId),

    hasPassword,
    maySetPasswordFreely,
    changePassword: (caller: PersonCaller, passwords: { current: string; next: string }) => changePassword(deps, caller, passwords),

    createSetUpLink: () => createSetUpLink(deps),
    isSetUpOpen,
    async setUpFirstAdmin(token: string, input: SetUp): Promise<StartedSession | null> {
      const made = await setUpFirstAdmin(deps, token, input)
      return made && startLogged(made.organization, made.personId, { by: 'setUp' })
    },
  }
}

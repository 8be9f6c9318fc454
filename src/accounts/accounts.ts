import type { AccountsDeps } from './accounts-deps.ts'
import {
  apiKeyNames, authenticateApiKey, createApiKey, deleteApiKey, getApiKey, listApiKeys, listWorkingKeysOf, listWorkingKeysOfLeavers, type NewApiKey,
} from './api-keys.ts' // prettier-ignore
import { dropOrganization, endOrganization } from './end-organization.ts'
import {
  createHashKeyReader,
  createOrganization,
  getListedOrganization,
  getOrganization,
  listOrganizations,
  setSourceName,
} from './organizations.ts'
import type { Caller, PersonCaller } from './caller.ts'
import { createDeviceMark, findDevice } from './devices.ts'
import { createSetUpLink, isSetUpOpen, setUpFirstAdmin, type SetUp } from './first-admin.ts'
import { endSessionsOf, listOwnSessions } from './own-sessions.ts'
import { changePassword, hasPassword, maySetPasswordFreely, provePassword } from './passwords.ts'
import {
  activePeople, activePeopleOf, deletePerson, findPerson, getPerson, listPeople, peopleByEmail, peopleById, peopleInReach, putPerson, samplePeople,
  setLanguage, type Person,
} from './people.ts' // prettier-ignore
import type { PersonRole } from './person-model.ts'
import { endSession, findSession, startSession, type NewSession, type SignInProof, type StartedSession } from './sessions.ts'
import { accountsOf, noteTooManyTries, openOrganizations, signInAs, switchOrganization, type SignInFailure } from './sign-in.ts'
import { createSignInLink, findOpenSignInLink, getSignInLinkExpiry, redeemSignInLink, type Redemption } from './sign-in-links.ts'

export type Accounts = ReturnType<typeof createAccounts>

/** Manages organizations, their people, API keys, sessions, and sign-in links. `actor` is the value of `actorOf`. */
export function createAccounts(deps: AccountsDeps) {
  const { log } = deps
  const startLogged = async (organization: string, personId: string, proof: SignInProof): Promise<StartedSession> => {
    const session = await startSession(organization, personId, proof)
    log?.info({ organization, actor: `user:${personId}`, by: proof.by }, 'session.started')
    return withMark(session, organization, personId)
  }
  const withMark = async (session: NewSession, organization: string, personId: string): Promise<StartedSession> => ({
    ...session,
    deviceMark: await createDeviceMark(deps.sealer, organization, personId),
  })

  return {
    createOrganization: (input: { name: string; sourceName: string }) => createOrganization(deps, input),
    listOrganizations,
    getListedOrganization,
    getOrganization,
    endOrganization,
    dropOrganization,
    setSourceName,
    hashKeyOf: createHashKeyReader(deps),

    createApiKey: (organization: string, input: NewApiKey, caller: Caller) => createApiKey(deps, organization, input, caller),
    apiKeyNames,
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
    peopleByEmail,
    activePeople,
    samplePeople,
    deletePerson: (organization: string, email: string, actor: string) => deletePerson(deps, organization, email, actor),

    createSignInLink: (
      organization: string,
      input: { userEmail: string; path?: string | undefined; validForSeconds?: number | undefined },
      actor: string,
    ) => createSignInLink(deps, organization, input, actor),
    getSignInLinkExpiry,
    findOpenSignInLink,
    /** `isPressed` is true if a person saw the account that the link signs in and pressed Continue. */
    async redeemSignInLink(token: string, { isPressed = false } = {}): Promise<Redemption> {
      const start = (organization: string, personId: string, path: string) =>
        startLogged(organization, personId, { by: 'link', ...(isPressed ? {} : { unaskedPath: path }) })
      const redemption = await redeemSignInLink(start, token)
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
    /** Resolves even if the record could not be written, because no caller waits for it. */
    async noteTooManyTries(email: string): Promise<void> {
      await noteTooManyTries(deps, email).catch((error: unknown) => log?.error({ err: error }, 'signIn.limited could not be recorded'))
    },
    openOrganizations,
    async switchOrganization(caller: PersonCaller, personId: string): Promise<StartedSession | null> {
      const session = await switchOrganization(deps, caller, personId)
      return session && withMark(session, session.organization, personId)
    },
    createDeviceMark: ({ organization, personId }: PersonCaller) => createDeviceMark(deps.sealer, organization, personId),
    findDevice: (marks: readonly string[], email: string | null) => findDevice(deps.sealer, marks, email),
    /**
     * Logs a security event. The log has only a fingerprint of `network`, the address of the client, and instead of
     * `email` the ids of its accounts.
     */
    async noteFailedSignIn({ network, email, reason }: { network: string; email: string | null; reason: SignInFailure }): Promise<void> {
      const address = deps.sealer.fingerprint(network)
      log?.warn({ address, accounts: email === null ? [] : await accountsOf(email), reason }, 'signIn.failed')
    },

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

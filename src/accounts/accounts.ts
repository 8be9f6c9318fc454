import type { AccountsDeps } from './accounts-deps.ts'
import { authenticateApiKey, createApiKey, deleteApiKey, getApiKey, listApiKeys } from './api-keys.ts'
import { createHashKeyReader, createOrganization, getOrganization, listOrganizations, setSourceName } from './organizations.ts'
import { deletePerson, findPerson, getPerson, listPeople, peopleById, putPerson } from './people.ts'
import type { PersonRole } from './person-model.ts'
import { endSession, findSession, startSession, type StartedSession } from './sessions.ts'
import { createSignInLink, getSignInLinkExpiry, redeemSignInLink, type Redemption } from './sign-in-links.ts'

export type Accounts = ReturnType<typeof createAccounts>

/** Who uses the service: organizations, their people and API keys, sessions and sign-in links. `actor` is that of `actorOf`. */
export function createAccounts(deps: AccountsDeps) {
  const { log } = deps
  const startLogged = async (organization: string, personId: string): Promise<StartedSession> => {
    const session = await startSession(organization, personId)
    log?.info({ organization, actor: `user:${personId}` }, 'session.started')
    return session
  }

  return {
    createOrganization: (input: { name: string; sourceName: string }) => createOrganization(deps, input),
    listOrganizations,
    getOrganization,
    setSourceName,
    hashKeyOf: createHashKeyReader(deps),

    createApiKey: (organization: string, input: { name: string }, actor: string) => createApiKey(deps, organization, input, actor),
    getApiKey,
    listApiKeys,
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
    async redeemSignInLink(token: string): Promise<Redemption> {
      const redemption = await redeemSignInLink(startLogged, token)
      if (redemption.outcome === 'refused') log?.warn({ person: redemption.personId }, 'signInLink.refused')
      return redemption
    },
    startSession: startLogged,
    findSession,
    async endSession(sessionId: string): Promise<void> {
      await endSession(sessionId)
      log?.info({ session: sessionId }, 'session.ended')
    },
  }
}

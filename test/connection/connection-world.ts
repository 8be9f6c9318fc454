/** Connections of one organization against the local Lever, over a real MongoDB; neighbours are recorded instead of built. */
import { randomBytes } from 'node:crypto'
import { createAccounts } from '../../src/accounts/accounts.ts'
import { ConnectionModel } from '../../src/connection/connection-model.ts'
import type { Connections } from '../../src/connection/connections.ts'
import { createSealer, type Sealer } from '../../src/secrets/sealer.ts'
import { startLever, type LeverForTests } from '../support/lever.ts'
import { connectEmptyDatabase, leaveDatabase } from '../support/mongo.ts'
import { ACTOR, ADMIN, buildConnections, newNeighbourhood, PUBLIC_URL, SOURCER, type Neighbourhood } from './build-connections.ts'
import { auditWith } from '../support/audit.ts'
import { toNobody } from '../support/domain-events.ts'

export interface ConnectionWorld {
  lever: LeverForTests
  connections: Connections
  neighbourhood: Neighbourhood
  organization: string
  accounts: ReturnType<typeof createAccounts>
  sealer: Sealer
  /** In the form of SECRET_KEYS, for another process. */
  secretKeys: string
  /** Another organization with the admin and sourcer of the same addresses. */
  newOrganization(): Promise<string>
  /** As another process: the same database and Lever, nothing shared in memory. */
  another(options?: { apiUrl?: string; authUrl?: string; clientId?: undefined; publicUrl?: string }): Connections
  /** The whole way of an admin's browser, from link to callback. */
  authorize(options?: { as?: string; organization?: string; connections?: Connections }): Promise<void>
  stop(): Promise<void>
}

export async function startConnectionWorld(): Promise<ConnectionWorld> {
  await connectEmptyDatabase()
  const lever = await startLever()
  await lever.allowRedirect(`${PUBLIC_URL}/oauth/lever/callback`)
  await lever.settings({ rateLimit: { enabled: false } })
  const key = randomBytes(32)
  const sealer = createSealer([{ id: 'k1', key }])
  const audit = auditWith(sealer)
  const accounts = createAccounts({
    sealer,
    publicUrl: PUBLIC_URL,
    audit,
    publish: toNobody,
  })
  const neighbourhood = newNeighbourhood()
  const another: ConnectionWorld['another'] = (options = {}) =>
    buildConnections({
      lever: { ...lever, ...options },
      sealer,
      audit,
      accounts,
      neighbourhood,
      publicUrl: options.publicUrl ?? PUBLIC_URL,
    })
  const connections = another()
  const newOrganization = async () => {
    const { id } = await accounts.createOrganization({ name: 'Headhunters', sourceName: 'headhuntr.io' })
    await accounts.putPerson(id, ADMIN, { name: 'Ada', role: 'admin' }, ACTOR)
    await accounts.putPerson(id, SOURCER, { name: 'Sol', role: 'sourcer' }, ACTOR)
    return id
  }
  const organization = await newOrganization()
  return {
    lever, connections, neighbourhood, organization, accounts, sealer, secretKeys: `k1:${key.toString('base64')}`, newOrganization, another,
    authorize: (options = {}) => authorize(lever, options.connections ?? connections, options.organization ?? organization, options.as),
    async stop() {
      await lever.stop()
      await leaveDatabase()
    },
  } // prettier-ignore
}

async function authorize(lever: LeverForTests, connections: Connections, organization: string, as?: string): Promise<void> {
  const { returned } = await goThroughLever(lever, connections, organization, as === undefined ? {} : { as })
  await connections.finishAuthorization(returned)
}

/** From a fresh link to the address that Lever sends the browser back to, which is read but not opened. */
export async function goThroughLever(
  lever: LeverForTests,
  connections: Connections,
  organization: string,
  choice: { as?: string; accept?: boolean } = {},
) {
  const { token } = await connections.authorizeLink(organization, ADMIN, ACTOR)
  const opened = await connections.openAuthorization(token)
  const { searchParams } = new URL(await lever.consent(opened.leverUrl, choice))
  const given = (name: string) => searchParams.get(name) ?? undefined
  const returned = {
    state: given('state'),
    code: given('code'),
    error: given('error'),
    errorDescription: given('error_description'),
    browserToken: opened.browserToken as string | undefined,
  }
  return { token, opened, returned }
}

/** Makes the access token look `share` of its life old. */
export async function ageAccessToken(organization: string, share: number): Promise<void> {
  const { grant } = await ConnectionModel.findOne({ organization }).orFail()
  if (!grant?.obtainedAt || !grant.accessTokenExpiresAt || !grant.refreshAt) throw new Error('no access token')
  const byMs = (grant.accessTokenExpiresAt.getTime() - grant.obtainedAt.getTime()) * share
  await ConnectionModel.updateOne(
    { organization },
    {
      'grant.obtainedAt': new Date(grant.obtainedAt.getTime() - byMs),
      'grant.accessTokenExpiresAt': new Date(grant.accessTokenExpiresAt.getTime() - byMs),
      'grant.refreshAt': new Date(grant.refreshAt.getTime() - byMs),
    },
  )
}

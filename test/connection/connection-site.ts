/** The API and pages of a connection on a free port, against the local Lever. */
import { got, type Got } from 'got'
import { CookieJar } from 'tough-cookie'
import type { Connections } from '../../src/connection/connections.ts'
import { createRequestBudget } from '../../src/lever/request-budget.ts'
import { connectionEndpoints } from '../../src/web/api/connection.ts'
import { atsRoutes } from '../../src/web/pages/ats/ats-routes.tsx'
import { atsWebhooksRoutes } from '../../src/web/pages/ats/webhooks/ats-webhooks-routes.tsx'
import { leverCallbackRoutes } from '../../src/web/pages/ats/authorize/lever-callback-routes.tsx'
import { startLever, type LeverForTests } from '../support/lever.ts'
import { connectEmptyDatabase, leaveDatabase } from '../support/mongo.ts'
import { startWeb, type RunningWeb, type WebParts } from '../support/web.ts'
import { ADMIN, buildConnections, newNeighbourhood, SOURCER, type Neighbourhood } from './build-connections.ts'

export interface ConnectionSite {
  lever: LeverForTests
  web: RunningWeb
  neighbourhood: Neighbourhood
  /** A browser with cookies of its own; it follows no redirects. */
  newBrowser(): { jar: CookieJar; open: Got }
  stop(): Promise<void>
}

export async function startConnectionSite(): Promise<ConnectionSite> {
  await connectEmptyDatabase()
  const lever = await startLever()
  await lever.settings({ rateLimit: { enabled: false } })
  const neighbourhood = newNeighbourhood()
  let built: Connections | undefined
  const connectionsOf = (parts: WebParts) => (built ??= buildConnections({ ...parts, lever, neighbourhood }))
  const web = await startWeb({
    authUrl: lever.authUrl,
    endpoints: (parts) => connectionEndpoints({ connections: connectionsOf(parts) }),
    pages: (parts) => [
      leverCallbackRoutes({ accounts: parts.accounts, connections: connectionsOf(parts) }),
      atsRoutes({
        connections: connectionsOf(parts),
        mirror: { recordAges: async () => [], sync: async () => undefined },
        budget: createRequestBudget({ requestsPerSecond: 200, burst: 200 }),
      }),
      atsWebhooksRoutes({ connections: connectionsOf(parts), webhooks: { listRefusals: async () => [] } }),
    ],
  })
  await lever.allowRedirect(`${web.url}/oauth/lever/callback`)
  await web.accounts.putPerson(web.organization, ADMIN, { name: 'Ada', role: 'admin' }, 'operator')
  await web.accounts.putPerson(web.organization, SOURCER, { name: 'Sol', role: 'sourcer' }, 'operator')
  return { lever, web, neighbourhood, newBrowser: () => newBrowser(web.url), stop: () => stop(lever, web) }
}

function newBrowser(prefixUrl: string): { jar: CookieJar; open: Got } {
  const jar = new CookieJar()
  const headers = { accept: 'text/html' }
  return {
    jar,
    open: got.extend({ prefixUrl, cookieJar: jar, followRedirect: false, throwHttpErrors: false, retry: { limit: 0 }, headers }),
  }
}

async function stop(lever: LeverForTests, web: RunningWeb): Promise<void> {
  await web.stop()
  await lever.stop()
  await leaveDatabase()
}

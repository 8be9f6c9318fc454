/** *Settings > Integrations and API*: API credentials and authorized apps. */
import type { Router } from '@koa/router'
import type { VNode } from 'preact'
import type { ApiKey } from '../account/access-records.ts'
import type { User } from '../account/records.ts'
import { makeApiKey, revokeApiKey } from '../actions/make-api-key.ts'
import { PERMISSIONS } from '../api/api-routes.ts'
import { liveGrants, revokeGrant } from '../oauth/grants.ts'
import type { SandboxState } from '../sandbox-state.ts'
import type { World } from '../world.ts'
import { Page, sendPage } from './page.tsx'
import type { Sessions } from './sessions.ts'
import { field, goTo, pagesFor, type PageCall } from './signed-in.ts'

const KEYS = '/settings/api-credentials'
const APPS = '/settings/authorized-apps'

export function accessSettingsPages(world: World, router: Router<SandboxState>, sessions: Sessions): void {
  const page = pagesFor(router, sessions, 'super admins')
  page('GET', KEYS, (call) => sendPage(call.ctx, keysPage(world, call.user, null)))
  page('POST', `${KEYS}/generate`, (call) => sendPage(call.ctx, keysPage(world, call.user, generate(world, call))))
  page('POST', `${KEYS}/:id/revoke`, (call) => {
    const apiKey = [...world.account.apiKeys.values()].find(({ id }) => id === call.params['id'])
    if (apiKey) revokeApiKey(world, apiKey, call.user)
    goTo(call, KEYS)
  })
  page('GET', APPS, (call) => sendPage(call.ctx, appsPage(world, call.user)))
  page('POST', `${APPS}/:id/revoke`, (call) => {
    for (const grant of liveGrants(world, call.params['id'])) revokeGrant(world, grant)
    goTo(call, APPS)
  })
}

function generate(world: World, call: PageCall): ApiKey {
  const chosen = [call.form['permission'] ?? []].flat()
  const everything = field(call, 'everything') === 'true'
  const name = field(call, 'name').trim() || 'Key'
  const confidential = field(call, 'confidential') === 'true'
  return makeApiKey(world, { name, permissions: everything ? null : chosen, confidential }, call.user)
}

function keysPage(world: World, user: User, fresh: ApiKey | null): VNode {
  return (
    <Page title="API Credentials" user={user} path={KEYS}>
      {fresh && (
        <p class="notice">
          Copy the key now. It is shown only once: <code>{fresh.key}</code>
        </p>
      )}
      <ul class="rows">
        {[...world.account.apiKeys.values()].map((apiKey) => (
          <li key={apiKey.id}>
            <span>
              <strong>{apiKey.name}</strong> · …{apiKey.key.slice(-4)} ·{' '}
              {apiKey.permissions === null ? 'everything' : `${apiKey.permissions.length} permissions`}
              {apiKey.confidential ? ' · confidential data' : ''}
            </span>
            {apiKey.revokedAt === null ? <Revoke to={`${KEYS}/${apiKey.id}/revoke`} text="Revoke" /> : <span>revoked</span>}
          </li>
        ))}
      </ul>
      <h2>Generate new key</h2>
      <form method="post" action={`${KEYS}/generate`}>
        <label>
          Name
          <input name="name" />
        </label>
        <Check name="everything" value="true" text="Everything" />
        <Check name="confidential" value="true" text="Allow access to confidential data" />
        <fieldset class="checks">
          <legend>Permissions</legend>
          {PERMISSIONS.map((permission) => (
            <Check key={permission} name="permission" value={permission} text={permission} />
          ))}
        </fieldset>
        <button>Generate new key</button>
      </form>
    </Page>
  )
}

function Check({ name, value, text }: { name: string; value: string; text: string }): VNode {
  return (
    <label class="inline">
      <input type="checkbox" name={name} value={value} /> {text}
    </label>
  )
}

function Revoke({ to, text }: { to: string; text: string }): VNode {
  return (
    <form method="post" action={to}>
      <button class="plain">{text}</button>
    </form>
  )
}

function appsPage(world: World, user: User): VNode {
  const apps = [...world.account.apps.values()]
    .map((app) => ({ app, grants: liveGrants(world, app.clientId) }))
    .filter(({ grants }) => grants.length > 0)
  return (
    <Page title="Authorized Apps" user={user} path={APPS}>
      {apps.length === 0 && <p>No app has access to this account.</p>}
      {apps.map(({ app, grants }) => (
        <section key={app.clientId} class="card">
          <h2>{app.name}</h2>
          <p>
            Since {new Date(grants[0]?.createdAt ?? 0).toISOString()}, by {world.account.users.get(grants[0]?.userId ?? '')?.name}
          </p>
          <p>
            <code>{[...new Set(grants.flatMap(({ scopes }) => scopes))].join(' ')}</code>
          </p>
          <Revoke to={`${APPS}/${app.clientId}/revoke`} text="Revoke access" />
        </section>
      ))}
    </Page>
  )
}

import { z } from 'zod'
import { actorOf } from '../../accounts/caller.ts'
import { LeverApiKeyText } from '../../connection/api-key.ts'
import type { Connections } from '../../connection/connections.ts'
import { ConnectionView } from '../../connection/connection-view.ts'
import { ConnectionSettingsPatch } from '../../connection/settings.ts'
import { requirePlace, SignatureTokenText } from '../../connection/signature-tokens.ts'
import { assertSpeaksFor } from '../shell/speaks-for.ts'
import { defineEndpoint, type Answer, type Endpoint } from './endpoint.ts'

const TAG = 'Connection to Lever'
const email = z.string().trim().min(3).max(320)
const CONNECTION = { 200: { description: 'The connection.', schema: ConnectionView } } as const

const AuthorizeLinkView = z
  .object({ authorizeUrl: z.url(), expiresAt: z.string().meta({ format: 'date-time' }) })
  .meta({ id: 'AuthorizeLink' })

/** `/connection`: the organization's Lever account. */
export function connectionEndpoints({ connections }: { connections: Connections }): Endpoint[] {
  const shown = async (organization: string): Promise<Answer> => ({ status: 200, body: await connections.describe(organization) })

  const read = defineEndpoint({
    method: 'get',
    path: '/connection',
    tag: TAG,
    summary: 'The connection',
    access: 'admin',
    answers: CONNECTION,
    handle: ({ caller }) => shown(caller.organization),
  })

  const disconnect = defineEndpoint({
    method: 'delete',
    path: '/connection',
    tag: TAG,
    summary: 'Disconnect',
    description:
      'Deletes the tokens, the signature tokens and the data copied from Lever, removes our webhooks from Lever, and cancels queued exports. Exports and the audit trail are kept.',
    access: 'admin',
    answers: { 204: { description: 'Disconnected.' } },
    async handle({ caller }) {
      await connections.disconnect(caller.organization, actorOf(caller))
      return { status: 204 }
    },
  })

  return [
    read,
    ...accessEndpoints(connections, shown),
    ...webhookEndpoints(connections, shown),
    ...statusEndpoints(connections, shown),
    disconnect,
  ]
}

type Show = (organization: string) => Promise<Answer>

function accessEndpoints(connections: Connections, shown: Show): Endpoint[] {
  const authorize = defineEndpoint({
    method: 'post',
    path: '/connection/authorize',
    tag: TAG,
    summary: 'Create a single-use link for an admin to authorize Lever',
    description:
      "The admin must open the link within 10 minutes. If that admin is signed in and opened the link directly, it leads straight to Lever's consent page. Otherwise, or if another site or an unconfirmed sign-in link led there, it first shows a page that names the organization and the person; its button signs the admin in and continues. One browser can have several authorizations in progress.",
    access: 'admin',
    body: z.strictObject({ userEmail: email }),
    answers: { 201: { description: 'The link.', schema: AuthorizeLinkView } },
    problems: ['admin_required', 'user_not_found', 'oauth_not_configured'],
    check: ({ caller, body }) => assertSpeaksFor(caller, body.userEmail),
    async handle({ caller, body }) {
      const { id, token, authorizeUrl, expiresAt } = await connections.authorizeLink(caller.organization, body.userEmail, actorOf(caller))
      return { status: 201, body: { authorizeUrl, expiresAt: expiresAt.toISOString() }, result: { id, secret: token } }
    },
    async replay(_input, { id, secret: token = '' }) {
      const { authorizeUrl, expiresAt } = await connections.readAuthorizeLink(id, token)
      return { status: 201, body: { authorizeUrl, expiresAt: expiresAt.toISOString() } }
    },
  })

  const putApiKey = defineEndpoint({
    method: 'put',
    path: '/connection/api-key',
    tag: TAG,
    summary: 'Connect with a Lever API key',
    description: 'The key is first tried against Lever, to check that it has the permissions that the `features` in use need.',
    access: 'admin',
    body: z.strictObject({ apiKey: LeverApiKeyText, userEmail: email }),
    answers: CONNECTION,
    problems: [
      'admin_required', 'user_not_found', 'lever_key_rejected', 'lever_key_lacks_permission', 'lever_account_mismatch', 'lever_unavailable',
    ], // prettier-ignore
    async handle({ caller, body }) {
      assertSpeaksFor(caller, body.userEmail)
      await connections.putApiKey(caller.organization, body, actorOf(caller))
      return shown(caller.organization)
    },
  })

  return [authorize, putApiKey]
}

function webhookEndpoints(connections: Connections, shown: Show): Endpoint[] {
  const params = z.strictObject({
    event: z.string().meta({ description: "One of the eight events, or `any` for an account's single signing token." }),
  })

  const putToken = defineEndpoint({
    method: 'put',
    path: '/connection/webhooks/{event}',
    tag: TAG,
    summary: 'Save the signature token of a webhook created by hand',
    access: 'admin',
    params,
    body: z.strictObject({ signatureToken: SignatureTokenText }),
    answers: CONNECTION,
    async handle({ caller, params: { event }, body }) {
      await connections.putSignatureToken(caller.organization, requirePlace(event), body.signatureToken, actorOf(caller))
      return shown(caller.organization)
    },
  })

  const deleteToken = defineEndpoint({
    method: 'delete',
    path: '/connection/webhooks/{event}',
    tag: TAG,
    summary: 'Delete the signature tokens of an event, and our own webhook in Lever',
    access: 'admin',
    params,
    answers: CONNECTION,
    problems: ['lever_unavailable'],
    async handle({ caller, params: { event } }) {
      await connections.deleteSignatureToken(caller.organization, requirePlace(event), actorOf(caller))
      return shown(caller.organization)
    },
  })

  const provision = defineEndpoint({
    method: 'post',
    path: '/connection/webhooks/provision',
    tag: TAG,
    summary: 'Create every missing webhook in Lever',
    description: 'A Super Admin must still switch each event on in Lever, under Settings > Integrations and API > Webhooks.',
    access: 'admin',
    answers: CONNECTION,
    problems: ['connection_not_active', 'state_conflict', 'lever_rejected', 'lever_unavailable'],
    async handle({ caller }) {
      await connections.provisionWebhooks(caller.organization, actorOf(caller))
      return shown(caller.organization)
    },
  })

  return [putToken, deleteToken, provision]
}

function statusEndpoints(connections: Connections, shown: Show): Endpoint[] {
  const settings = defineEndpoint({
    method: 'patch',
    path: '/connection/settings',
    tag: TAG,
    summary: 'Change settings',
    description:
      'Changes either all of the given settings or none. Changing `features` deletes nothing; `authorizationNeeded` in the answer says whether the new features require authorizing Lever again. An API key is tried for the permissions that they need.',
    access: 'admin',
    body: ConnectionSettingsPatch,
    answers: CONNECTION,
    problems: ['connection_not_active', 'lever_unavailable'],
    async handle({ caller, body }) {
      await connections.changeSettings(caller.organization, body, actorOf(caller))
      return shown(caller.organization)
    },
  })

  const activate = defineEndpoint({
    method: 'post',
    path: '/connection/activate',
    tag: TAG,
    summary: 'Activate exports',
    access: 'admin',
    answers: CONNECTION,
    problems: ['not_ready'],
    async handle({ caller }) {
      await connections.activate(caller.organization, actorOf(caller))
      return shown(caller.organization)
    },
  })

  const pause = defineEndpoint({
    method: 'post',
    path: '/connection/pause',
    tag: TAG,
    summary: 'Pause exports',
    description: 'Queued exports wait, running exports finish, and webhooks continue.',
    access: 'admin',
    answers: CONNECTION,
    problems: ['connection_not_active'],
    async handle({ caller }) {
      await connections.pause(caller.organization, actorOf(caller))
      return shown(caller.organization)
    },
  })

  return [settings, activate, pause]
}

/** `GET /authorize`: checks, sign-in, consent, and the return to the app (Lever's API documentation, OAuth). */
import { Router } from '@koa/router'
import { z } from 'zod'
import type { User } from '../account/records.ts'
import { plainBody, understandBody } from '../api/request-body.ts'
import { consentPage } from '../pages/consent-page.tsx'
import { messagePage } from '../pages/message-page.tsx'
import { sendPage } from '../pages/page.tsx'
import { seeOther } from '../pages/see-other.ts'
import type { Sessions } from '../pages/sessions.ts'
import type { SandboxContext, SandboxState } from '../sandbox-state.ts'
import type { World } from '../world.ts'
import type { AuthorizationCodes, AuthorizeRequest } from './authorization-codes.ts'
import { liveGrants } from './grants.ts'
import { OFFLINE_ACCESS, SCOPES } from './scopes.ts'

export function authorizeRoutes(world: World, codes: AuthorizationCodes, sessions: Sessions): Router<SandboxState> {
  const router = new Router<SandboxState>()
  router.get('/authorize', (ctx: SandboxContext) => {
    const request = checkRequest(world, ctx)
    if (!request) return
    const user = sessions.userOf(ctx)
    if (!user) return ctx.redirect(`/sign-in?next=${encodeURIComponent(ctx.url)}`)
    if (!mustAsk(world, request)) return ctx.redirect(finish(world, codes, request, user))
    const page = consentPage({ app: request.app.name, scopes: request.scopes, user, request: codes.hold(request, user.id), again: ctx.url })
    return sendPage(ctx, page)
  })
  router.post('/authorize/decision', async (ctx: SandboxContext) => {
    const form = Decision.parse(plainBody(await understandBody(ctx.state.bytes, ctx.get('content-type'))))
    const user = sessions.userOf(ctx)
    const request = user && codes.decide(form.request, user.id)
    if (!request) return sendPage(ctx, messagePage('This consent page is no longer valid', 'Start again from the app.'), 400)
    const target =
      form.decision === 'accept' ? finish(world, codes, request, user) : back(request, denied('user_did_not_authorize_the_request'))
    return seeOther(ctx, target)
  })
  return router
}

const Decision = z.object({ request: z.string(), decision: z.enum(['accept', 'deny']) })

/** Returns null if it has answered: with a page if the return address cannot be trusted, otherwise by a redirect. */
function checkRequest(world: World, ctx: SandboxContext): AuthorizeRequest | null {
  const query = new URLSearchParams(ctx.querystring)
  const app = world.account.apps.get(query.get('client_id') ?? '')
  const redirectUri = query.get('redirect_uri') ?? ''
  if (!app) return refuse(ctx, 'Unknown client', 'No app has this client_id.')
  if (!app.redirectUris.includes(redirectUri))
    return refuse(ctx, 'Callback URL mismatch', `${redirectUri || 'The redirect_uri'} is not a registered callback of ${app.name}.`)
  const request: AuthorizeRequest = {
    app,
    redirectUri,
    state: query.get('state'),
    scopes: grantedScopes(query, world.urls.audience),
    alwaysAsk: query.get('prompt') === 'consent',
    codeChallenge: query.get('code_challenge'),
  }
  const fault = requestFault(query)
  if (!fault) return request
  ctx.redirect(back(request, fault))
  return null
}

function requestFault(query: URLSearchParams): Record<string, string> | null {
  if (query.get('response_type') !== 'code') return { error: 'unsupported_response_type', error_description: 'response_type must be code' }
  const pkce = query.has('code_challenge')
  if (pkce && query.get('code_challenge_method') !== 'S256')
    return { error: 'invalid_request', error_description: 'code_challenge_method must be S256' }
  return null
}

/** Without the correct audience, including its trailing slash, only `offline_access` is offered (Lever's API documentation). */
function grantedScopes(query: URLSearchParams, audience: string): string[] {
  const asked = (query.get('scope') ?? '').split(' ').filter((scope) => SCOPES.has(scope))
  return [...new Set(query.get('audience') === audience ? asked : asked.filter((scope) => scope === OFFLINE_ACCESS))]
}

function refuse(ctx: SandboxContext, title: string, text: string): null {
  sendPage(ctx, messagePage(title, text), 400)
  return null
}

/** On first authorization, after a revocation, when scopes are added, or always with `prompt=consent`. */
function mustAsk(world: World, request: AuthorizeRequest): boolean {
  if (request.alwaysAsk) return true
  const consented = new Set(liveGrants(world, request.app.clientId).flatMap((grant) => grant.scopes))
  return consented.size === 0 || request.scopes.some((scope) => !consented.has(scope))
}

/** Only a Super Admin can finish; others fail here, at the end. */
function finish(world: World, codes: AuthorizationCodes, request: AuthorizeRequest, user: User): string {
  if (user.accessRole !== 'super admin' || user.deactivatedAt !== null)
    return back(request, denied('Only a Super Admin can authorize an app'))
  return back(request, { code: codes.issue(request, user.id, world.now()) })
}

function denied(description: string): Record<string, string> {
  return { error: 'access_denied', error_description: description }
}

function back(request: AuthorizeRequest, parameters: Record<string, string>): string {
  const url = new URL(request.redirectUri)
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  if (request.state !== null) url.searchParams.set('state', request.state)
  return url.toString()
}

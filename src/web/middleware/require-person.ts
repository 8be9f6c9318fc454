import type { Middleware } from 'koa'
import type { PersonCaller } from '../../accounts/caller.ts'
import type { PersonRole } from '../../accounts/person-model.ts'
import { ServiceError } from '../../errors.ts'
import { offerToSendAgain } from '../pages/send-again.tsx'
import { seeOther } from '../see-other.ts'
import type { SiteContext, SiteState } from '../site-state.ts'
import { typedFields } from './page-session.ts'

/**
 * For pages of people: signed out, one goes to sign in and comes back, or keeps what was typed into a form, which a script sends once
 * more as a page; of another role, one is told so (403).
 */
export function requirePerson(role: PersonRole = 'sourcer'): Middleware<SiteState> {
  return async (ctx, next) => {
    const { caller } = ctx.state
    if (!caller) toSignIn(ctx)
    else if (role === 'admin' && caller.role !== 'admin') throw new ServiceError('forbidden', 'This page is for admins.')
    else await next()
  }
}

/** Who is signed in, behind {@link requirePerson}. */
export function personOf(ctx: SiteContext): PersonCaller {
  const { caller } = ctx.state
  if (!caller) throw new ServiceError('unauthenticated', 'Sign in first.')
  return caller
}

function toSignIn(ctx: SiteContext): void {
  const isRead = ctx.method === 'GET' || ctx.method === 'HEAD'
  const address = isRead ? `/sign-in?next=${encodeURIComponent(ctx.url)}` : '/sign-in'
  if (ctx.get('HX-Request') === 'true') {
    if (isRead) ctx.set('HX-Redirect', address)
    ctx.body = null
    ctx.status = 401
    return
  }
  if (!isRead && offerToSendAgain(ctx, typedFields(ctx))) return
  seeOther(ctx, address)
}

import type { PersonCaller } from '../../accounts/caller.ts'
import { ServiceError } from '../../errors.ts'
import { seeOther, sitePathOr } from './see-other.ts'
import type { SiteContext } from './site-state.ts'
import { typedFields, type OfferToSendAgain } from './page-session.ts'

/**
 * `public`: everyone, including signed-out visitors; a route with its own key or token checks it itself. `sourcer`, `admin`: the lowest
 * role that the signed-in person needs.
 */
export type PageAccess = 'public' | 'sourcer' | 'admin'

/**
 * Checks who may open a page, and answers visitors who are not signed in. For a read, or a form without fields, they are redirected to the
 * sign-in page and then back. A form with fields is kept, so that they can send it again after they sign in. For a script, the answer says
 * to reload the page.
 * @returns false if it has answered
 * @throws ServiceError `forbidden` if the person's role is too low
 */
export function isAdmitted(ctx: SiteContext, access: PageAccess, offerToSendAgain: OfferToSendAgain): boolean {
  if (access === 'public') return true
  const { caller } = ctx.state
  if (!caller) toSignIn(ctx, offerToSendAgain)
  else if (access === 'admin' && caller.role !== 'admin') throw new ServiceError('forbidden', 'This page is for admins.')
  return caller !== null
}

/** Returns the signed-in person, on a route whose `access` is not `public`. */
export function personOf(ctx: SiteContext): PersonCaller {
  const { caller } = ctx.state
  if (!caller) throw new ServiceError('unauthenticated', 'Sign in first.')
  return caller
}

function toSignIn(ctx: SiteContext, offerToSendAgain: OfferToSendAgain): void {
  const isRead = ctx.method === 'GET' || ctx.method === 'HEAD'
  const next = whereOneWas(ctx, isRead)
  const address = next === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(next)}`
  if (ctx.get('HX-Request') === 'true') {
    if (isRead) ctx.set('HX-Redirect', address)
    ctx.body = null
    ctx.status = 401
    return
  }
  if (!isRead && offerToSendAgain(ctx, typedFields(ctx))) return
  seeOther(ctx, address)
}

/** Returns the path of the open page; for a form or a script, the page that sent the request. */
function whereOneWas(ctx: SiteContext, isRead: boolean): string {
  const page = ctx.get('HX-Current-URL') || (isRead ? '' : ctx.get('Referer'))
  if (page === '') return isRead ? ctx.url : '/'
  const { pathname, search } = URL.canParse(page) ? new URL(page) : new URL('http://nowhere.invalid/')
  return sitePathOr(pathname + search, '/')
}

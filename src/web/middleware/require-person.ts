import type { PersonCaller } from '../../accounts/caller.ts'
import { ServiceError } from '../../errors.ts'
import type { PageAccess } from '../pages/page-route.ts'
import { offerToSendAgain } from '../pages/send-again.tsx'
import { seeOther } from '../see-other.ts'
import type { SiteContext } from '../site-state.ts'
import { typedFields } from './page-session.ts'

/**
 * Checks who may open a page. A visitor who is signed out is answered here: a read leads to the sign-in page and back, a form is kept to be
 * sent again, and a script is told to load the page again.
 * @returns false where that has been answered
 * @throws ServiceError `forbidden` for a person of another role
 */
export function isAdmitted(ctx: SiteContext, access: PageAccess): boolean {
  if (access === 'public') return true
  const { caller } = ctx.state
  if (!caller) toSignIn(ctx)
  else if (access === 'admin' && caller.role !== 'admin') throw new ServiceError('forbidden', 'This page is for admins.')
  return caller !== null
}

/** The person who is signed in, on a route whose `access` is not `public`. */
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

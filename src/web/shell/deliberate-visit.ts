import type { SiteContext } from './site-state.ts'

/**
 * True if the signed-in person probably came to this address, below `place`, on purpose. Another site can send a browser here, and a
 * sign-in link can give that browser a session of the link maker's choice without a click. Lever skips its consent page for an app that was
 * accepted before, so proceeding at once would connect a stranger's organization to the visitor's Lever account.
 *
 * - A navigation from a page of this site is accepted: the visitor pressed something there.
 * - One from any other site is refused. Browsers keep saying `cross-site` through every redirect, so a detour through a sign-in link
 * changes nothing (Fetch Metadata, "Set the Sec-Fetch-Site header"). Old browsers and programs send no header.
 * - `none` is a typed, bookmarked or mailed address, so the visitor acted. Like a missing header, it is refused only if a sign-in link that
 * was not confirmed with Continue both started the session and led here.
 */
export function isDeliberateVisit(ctx: SiteContext, place: string): boolean {
  const site = ctx.get('Sec-Fetch-Site')
  if (site === 'same-origin') return true
  if (site !== '' && site !== 'none') return false
  const { unaskedPath } = ctx.state
  return unaskedPath === null || !leadsTo(unaskedPath, place)
}

const NOWHERE = 'http://nowhere.invalid'

/** Also follows `next`, since the sign-in page redirects people who are signed in to it. */
function leadsTo(path: string, place: string): boolean {
  if (!URL.canParse(path, NOWHERE)) return false
  const { pathname, searchParams } = new URL(path, NOWHERE)
  const next = searchParams.get('next')
  return pathname.startsWith(place) || (next !== null && leadsTo(next, place))
}

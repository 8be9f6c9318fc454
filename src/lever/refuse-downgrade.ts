/** got's own name for a redirect that is not followed. */
const NOT_FOLLOWED = 'ERR_TOO_MANY_REDIRECTS'

/**
 * Refuses a redirect from https to http: on the same host and port the token would go out in the clear.
 * @throws Error with the code by which a redirect that is not followed is known
 */
export function refuseDowngrade(from: URL, to: URL | string | undefined): void {
  const next = new URL(to ?? '', from)
  if (from.protocol === 'https:' && next.protocol !== 'https:') throw Object.assign(new Error('a redirect to http'), { code: NOT_FOLLOWED })
}

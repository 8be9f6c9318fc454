import { z } from 'zod'

/** A base URL that reveals any path leading away from the site. */
const NOWHERE = 'http://nowhere.invalid'

/** True for a path of this site, including a query; false for anything that a browser would follow to another site. */
export function isSitePath(path: string): boolean {
  if (!/^\/(?![/\\])[^\\\p{C}\s]*$/u.test(path) || path.length > 2000) return false
  return URL.canParse(path, NOWHERE) && new URL(path, NOWHERE).origin === NOWHERE
}

export const SitePath = z
  .string()
  .refine(isSitePath, 'must be a path on this site, such as /candidates')
  .meta({ description: 'A path on this site, such as `/candidates`.' })

import type { LeverRequest } from '../support/lever.ts'

/** Query parameters of sweeps and of the hourly comparison of exports with Lever, which run in the background whenever they are due. */
const IN_THE_BACKGROUND = ['updated_at_start', 'created_at_start', 'deleted_at_start']

/** The requests to Lever that exports and previews made: each look-up names an email. Only the comparison lists sources. */
export function ofExports(requests: readonly LeverRequest[]): LeverRequest[] {
  return requests.filter(({ query, path }) => 'email' in query || (path !== '/sources' && !IN_THE_BACKGROUND.some((name) => name in query)))
}

import type { LeverRequest } from '../support/lever.ts'

/** Of a sweep, and of the comparison of exports with Lever, which come in the background whenever they are due. */
const IN_THE_BACKGROUND = ['updated_at_start', 'created_at_start', 'deleted_at_start']

/** The requests to Lever that exports and previews made: each look-up names an e-mail. */
export function ofExports(requests: readonly LeverRequest[]): LeverRequest[] {
  return requests.filter(({ query }) => 'email' in query || !IN_THE_BACKGROUND.some((name) => name in query))
}

import { ServiceError } from '../errors.ts'
import { isLeverId } from './lever-id.ts'
import { markNeverSent } from './write-outcome.ts'

declare const checked: unique symbol
/** A path below `/v1` in which every id was checked. Only {@link leverPath} makes one, and the client accepts nothing else. */
export type LeverPath = string & { readonly [checked]: true }

/**
 * Returns a path of Lever's API, such as leverPath`/opportunities/${id}/notes`. Every value in it must be an id: one with a slash, a dot or
 * a question mark would address another record, or another account's data.
 * @throws ServiceError `lever_rejected`, marked as never sent, for a value that cannot be a Lever id
 */
export function leverPath(words: TemplateStringsArray, ...ids: string[]): LeverPath {
  for (const id of ids) if (!isLeverId(id)) throw notAnId()
  return String.raw({ raw: words }, ...ids) as LeverPath
}

function notAnId(): unknown {
  return markNeverSent(new ServiceError('lever_rejected', 'Nothing was sent to Lever: an id in the address cannot be a Lever id.'))
}

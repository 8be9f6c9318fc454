import { normalizeEmail } from '../../../../accounts/email-address.ts'
import { isServiceError, type ServiceError } from '../../../../errors.ts'
import type { MappingView } from '../../../../mapping/mapping-view.ts'
import type { Mappings } from '../../../../mapping/mappings.ts'

/** A person's Lever user, as a form has it; without `leverEmail` the person is not mapped. */
export interface MappingState {
  leverEmail: string
  active: boolean
}

/** The change that a row of the form requests, and the row when the page was rendered. */
export interface MappingWish extends MappingState {
  userEmail: string
  was: MappingState
}

/** A row that was not saved: it was refused, or somebody else changed it since the page was rendered. */
export type Unsaved = { userEmail: string; error: ServiceError } | { userEmail: string; now: MappingState }

/**
 * Saves the changed rows one by one; a refused row does not stop the others. Rows that somebody else has changed since are left alone,
 * unless the change is the same. May be repeated.
 */
export async function saveMappings(
  mappings: Pick<Mappings, 'find' | 'put' | 'removeIfAny'>,
  organization: string,
  wishes: readonly MappingWish[],
  actor: string,
): Promise<{ saved: number; unsaved: Unsaved[] }> {
  let saved = 0
  const unsaved: Unsaved[] = []
  for (const wish of wishes.filter((one) => !isSame(one, one.was))) {
    const { userEmail, leverEmail, active } = wish
    const now = stateOf(await mappings.find(organization, userEmail))
    if (isSame(now, wish)) continue
    if (!isSame(now, wish.was)) {
      unsaved.push({ userEmail, now })
      continue
    }
    try {
      if (leverEmail === '') await mappings.removeIfAny(organization, userEmail, actor)
      else await mappings.put(organization, userEmail, { leverEmail, active }, actor)
      saved += 1
    } catch (error) {
      if (!isServiceError(error)) throw error
      unsaved.push({ userEmail, error })
    }
  }
  return { saved, unsaved }
}

/** A person who is not mapped counts as active, which is the default once mapped. */
export function stateOf(mapping: MappingView | null | undefined): MappingState {
  return mapping ? { leverEmail: mapping.leverEmail, active: mapping.active } : { leverEmail: '', active: true }
}

function isSame(a: MappingState, b: MappingState): boolean {
  if (normalizeEmail(a.leverEmail) !== normalizeEmail(b.leverEmail)) return false
  return a.active === b.active || a.leverEmail.trim() === ''
}

import { normalizeEmail } from '../../../../accounts/email-address.ts'
import { isServiceError, type ServiceError } from '../../../../errors.ts'
import type { MappingView } from '../../../../mapping/mapping-view.ts'
import type { Mappings } from '../../../../mapping/mappings.ts'

/** Who somebody is in Lever, as a form has it: no `leverEmail` is nobody. */
export interface MappingState {
  leverEmail: string
  active: boolean
}

/** What a row of the form asks for, and how the row was when the page was made. */
export interface MappingWish extends MappingState {
  userEmail: string
  was: MappingState
}

/** Rows that were not saved: refused, or changed by somebody else since the page was made. */
export type Unsaved = { userEmail: string; error: ServiceError } | { userEmail: string; now: MappingState }

/**
 * Saves the rows that were changed in the form, one by one; one that is refused keeps none of the others from being saved.
 * What somebody else has changed meanwhile is left alone, unless it is the same. May be repeated.
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

/** Somebody who is not mapped counts as active, as they will be once mapped. */
export function stateOf(mapping: MappingView | null | undefined): MappingState {
  return mapping ? { leverEmail: mapping.leverEmail, active: mapping.active } : { leverEmail: '', active: true }
}

function isSame(a: MappingState, b: MappingState): boolean {
  if (normalizeEmail(a.leverEmail) !== normalizeEmail(b.leverEmail)) return false
  return a.active === b.active || a.leverEmail.trim() === ''
}

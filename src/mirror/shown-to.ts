import type { Clearance } from '../accounts/clearance.ts'

export const CONFIDENTIAL = { confidentiality: 'confidential' } as const

/** Which records of the mirror somebody may see, as part of a filter. */
export function shownTo(clearance: Clearance): { confidentiality?: { $ne: 'confidential' } } {
  return clearance === 'all' ? {} : { confidentiality: { $ne: 'confidential' } }
}

import type { Clearance } from '../accounts/clearance.ts'

export const CONFIDENTIAL = { confidentiality: 'confidential' } as const

/** Returns the part of a filter that limits records to those that `clearance` covers. */
export function shownTo(clearance: Clearance): { confidentiality?: { $ne: 'confidential' } } {
  return clearance === 'all' ? {} : { confidentiality: { $ne: 'confidential' } }
}

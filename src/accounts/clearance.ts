import type { OrganizationCaller } from './caller.ts'

/**
 * Which of Lever's records somebody may see: `all`, or those that are not confidential. Everything that shows a record of Lever takes it,
 * so that a new answer or page cannot show more than its reader may see.
 */
export type Clearance = 'all' | 'nonConfidential'

/** What a caller may see: API keys and admins see everything; a sourcer learns that a confidential record exists, no more. */
export function clearanceOf(caller: OrganizationCaller): Clearance {
  return caller.kind === 'person' && caller.role === 'sourcer' ? 'nonConfidential' : 'all'
}

/** Lever's `confidentiality`; records that have none are not confidential (Lever's API documentation). */
export function isConfidential({ confidentiality }: { confidentiality?: string | null | undefined }): boolean {
  return confidentiality === 'confidential'
}

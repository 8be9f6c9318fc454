import type { OrganizationCaller } from './caller.ts'

/**
 * The Lever records that a caller may see: `all`, or only those that are not confidential. Everything that shows a
 * Lever record takes it, so that a new response or page cannot show more than its reader may see.
 */
export type Clearance = 'all' | 'nonConfidential'

/**
 * Returns what a caller may see. API keys and admins see everything; a sourcer learns only that a confidential record
 * exists.
 */
export function clearanceOf(caller: OrganizationCaller): Clearance {
  return caller.kind === 'person' && caller.role === 'sourcer' ? 'nonConfidential' : 'all'
}

/** Reads Lever's `confidentiality`; records without it are not confidential (Lever's API documentation). */
export function isConfidential({ confidentiality }: { confidentiality?: string | null | undefined }): boolean {
  return confidentiality === 'confidential'
}

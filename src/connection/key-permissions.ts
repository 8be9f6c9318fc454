type Listed =
  | 'users' | 'opportunities' | 'stages' | 'postings' | 'archive reasons' | 'requisitions' | 'requisition fields'
  | 'opportunity notes' | 'opportunity interviews' // prettier-ignore
type Retrieved =
  | 'user' | 'opportunity' | 'posting' | 'stage' | 'archive reason'
  | 'opportunity application' | 'opportunity note' | 'opportunity interview' | 'opportunity offer' // prettier-ignore

/**
 * A permission of an API key, as one version of Lever's settings page names it. {@link wordingsOf} also returns the
 * name in the other version.
 */
export type KeyPermission =
  | `List all ${Listed}`
  | `Retrieve a single ${Retrieved}`
  | `Create an ${'opportunity' | 'opportunity note' | 'opportunity interview'}`
  | `Update an ${'opportunity note' | 'opportunity interview'}`
  | 'Delete an opportunity interview'
  | 'Create requisitions'
  | 'Delete requisitions'
  | 'Update requisition fields'
  | 'Update posting'

const LIST = 'List all '
const RETRIEVE = 'Retrieve a single '

/**
 * Returns the names of a permission on the versions of Lever's settings page; one name if they agree (guides of
 * vendors, Lever's API documentation).
 */
export function wordingsOf(permission: KeyPermission): readonly string[] {
  if (permission.startsWith(LIST)) {
    const listed = permission.slice(LIST.length)
    return [`Find all ${listed}`, listed === 'users' ? 'List users' : permission]
  }
  if (!permission.startsWith(RETRIEVE)) return [permission]
  const retrieved = permission.slice(RETRIEVE.length)
  return [`Find ${/^[aeio]/.test(retrieved) ? 'an' : 'a'} ${retrieved}`, `Read ${retrieved}`]
}

/** Returns both names in one line for display. */
export function permissionWords(permission: KeyPermission): string {
  return wordingsOf(permission).join(' / ')
}

import type { ConnectionDocument, WebhookSet } from './connection-model.ts'

const READ_FOR_CONTEXT = ['users:read:admin', 'postings:read:admin', 'stages:read:admin', 'archive_reasons:read:admin']

/** OAuth scopes by `webhookSet`, least first: what is asked for, and shown before **Authorize**. At most 20 an app (Lever's API documentation). */
const SCOPES: Record<WebhookSet, readonly string[]> = {
  export: [
    'offline_access', 'opportunities:write:admin', 'notes:write:admin', ...READ_FOR_CONTEXT,
    'requisitions:read:admin', 'sources:read:admin', 'contact:read:admin', 'webhooks:write:admin',
  ],
  communication: [
    'offline_access', 'opportunities:read:admin', 'notes:write:admin', ...READ_FOR_CONTEXT,
    'applications:read:admin', 'contact:read:admin', 'interviews:write:admin', 'panels:write:admin', 'webhooks:write:admin',
  ],
  feedback: [
    'offline_access', 'opportunities:write:admin', 'notes:write:admin', ...READ_FOR_CONTEXT,
    'sources:read:admin', 'contact:read:admin', 'webhooks:write:admin',
  ],
  hires: [
    'offline_access', 'opportunities:read:admin', ...READ_FOR_CONTEXT, 'applications:read:admin',
    'requisitions:write:admin', 'requisition_fields:read:admin', 'contact:read:admin', 'offers:read:admin', 'webhooks:write:admin',
  ],
} // prettier-ignore

/** A permission of an API key, in the words of Lever's settings page. */
export type KeyPermission =
  | `List all ${'users' | 'opportunities' | 'stages' | 'postings' | 'archive reasons' | 'requisitions' | 'opportunity interviews'}`
  | `Retrieve a single ${'user' | 'opportunity' | 'posting' | 'stage' | 'archive reason'}`
  | `Retrieve a single opportunity ${'application' | 'note' | 'interview'}`
  | `Create an ${'opportunity' | 'opportunity note' | 'opportunity interview'}`
  | `${'Update' | 'Delete'} an opportunity interview`

const LIST_FOR_CONTEXT: readonly KeyPermission[] = [
  'List all users', 'List all opportunities', 'List all stages', 'List all postings', 'List all archive reasons',
] // prettier-ignore
const RETRIEVE_FOR_CONTEXT: readonly KeyPermission[] = [
  'Retrieve a single user', 'Retrieve a single opportunity', 'Retrieve a single posting',
] // prettier-ignore
const EXPORT_PERMISSIONS: readonly KeyPermission[] = [
  ...LIST_FOR_CONTEXT, 'List all requisitions', ...RETRIEVE_FOR_CONTEXT, 'Create an opportunity', 'Create an opportunity note',
] // prettier-ignore

/** Permissions of an API key by `webhookSet`. */
const KEY_PERMISSIONS: Record<WebhookSet, readonly KeyPermission[]> = {
  export: EXPORT_PERMISSIONS,
  communication: [
    ...LIST_FOR_CONTEXT, 'List all opportunity interviews', ...RETRIEVE_FOR_CONTEXT,
    'Retrieve a single opportunity application', 'Retrieve a single opportunity note', 'Retrieve a single opportunity interview',
    'Retrieve a single stage', 'Retrieve a single archive reason', 'Create an opportunity note',
    'Create an opportunity interview', 'Update an opportunity interview', 'Delete an opportunity interview',
  ],
  feedback: EXPORT_PERMISSIONS,
  hires: [...LIST_FOR_CONTEXT, 'List all requisitions', ...RETRIEVE_FOR_CONTEXT, 'Retrieve a single opportunity application'],
} // prettier-ignore

export function keyPermissionsFor(set: WebhookSet): readonly KeyPermission[] {
  return KEY_PERMISSIONS[set]
}

export function scopesFor(set: WebhookSet): readonly string[] {
  return SCOPES[set]
}

/** Scopes that `set` needs and the grant lacks. A write scope includes its read scope (Lever's API documentation). */
export function missingScopes(set: WebhookSet, granted: readonly string[]): string[] {
  const has = new Set(granted)
  return scopesFor(set).filter((scope) => !has.has(scope) && !has.has(scope.replace(':read:', ':write:')))
}

/** Whether a grant shows confidential opportunities and postings (Lever's API documentation); of an API key it was found out when it was added. */
export function seesConfidential({ scopes, confidential }: Pick<ConnectionDocument['auth'], 'scopes' | 'confidential'>): boolean {
  return scopes?.includes('confidential:access:admin') ?? confidential ?? false
}

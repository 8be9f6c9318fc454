/** Every OAuth scope in Lever's documentation, with the text of the consent page. */

const READ_ONLY = [
  'applications',
  'archive_reasons',
  'audit_events',
  'diversity_surveys',
  'eeo_responses',
  'eeo_responses_pii',
  'offers',
  'referrals',
  'resumes',
  'sources',
  'stages',
  'tags',
  'tasks',
]
const READ_WRITE = [
  'contact',
  'feedback',
  'feedback_templates',
  'files',
  'forms',
  'form_templates',
  'groups',
  'interviews',
  'notes',
  'opportunities',
  'panels',
  'permissions',
  'postings',
  'requisitions',
  'requisition_fields',
  'roles',
  'users',
  'webhooks',
]

export const OFFLINE_ACCESS = 'offline_access'

export const SCOPES: ReadonlySet<string> = new Set([
  OFFLINE_ACCESS,
  'confidential:access:admin',
  'uploads:write:admin',
  ...[...READ_ONLY, ...READ_WRITE].map((name) => `${name}:read:admin`),
  ...READ_WRITE.map((name) => `${name}:write:admin`),
])

export function describeScope(scope: string): string {
  if (scope === OFFLINE_ACCESS) return 'Stay connected while you are away'
  if (scope === 'confidential:access:admin') return 'See confidential data'
  const [name = '', verb] = scope.split(':')
  const thing = name === 'contact' ? 'contacts' : name.replaceAll('_', ' ')
  return verb === 'write' ? `Read and change ${thing}` : `Read ${thing}`
}

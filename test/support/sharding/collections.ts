/**
 * On a sharded cluster, every collection is sharded by `organization`, and every command on it names the organization. The exceptions are
 * here, each with its reason: collections that stay whole, and commands that are about all organizations.
 */

/** Collections that stay whole, or are sharded by another key. A name that ends in `*` stands for all names that begin so. */
export const WHOLE_COLLECTIONS: Readonly<Record<string, string>> = {
  organizations: 'the organizations themselves, one small document each',
  users: 'few per organization; a sign-in knows the email, but not the organization',
  passwords: 'one per person; a sign-in reads those of one email in all organizations',
  sessions: 'they expire; a cookie names a session, but not the organization, and a session may reach several organizations',
  sign_in_links: 'they expire; an address names a link, but not the organization',
  api_keys: 'few per organization; a request names a key, but not the organization',
  first_admin: 'one document, before the first organization exists',
  connections: 'one per organization; a webhook names the endpoint key, but not the organization',
  authorization_flows: 'they expire; an address names a flow, but not the organization',
  audit_heads: 'one per organization, whose id is the `_id`',
  organization_deletions: 'one per deleted organization, which the operator lists',
  candidate_key_renewals: 'one document for all organizations',
  idempotency_keys: 'they expire; `_id` is a fingerprint that includes the organization, and the operator has none',
  sign_in_failures: 'they expire; a failed sign-in knows an address and an email, but not the organization',
  request_rates: 'they expire; one small document per caller, found by its `_id`',
  lever_budgets: 'one per Lever credential, which several organizations may share',
  'resumes.*': 'GridFS; the driver finds a file and its chunks by the id of the file, by which MongoDB shards chunks',
  'candidate_import_files.*': 'GridFS, like `resumes`',
  schema_state: 'one document for all organizations',
  'agenda*': 'few recurring jobs for all organizations',
  'test_*': 'collections that only tests have',
}

/** A command that is about all organizations. */
export interface AcrossOrganizations {
  collections: readonly string[]
  /** The name of the command, such as `find`. */
  command: string
  /** The fields of the filter in alphabetical order, as `shapeOf` returns them. */
  shapes: readonly string[]
  why: string
}

const WORK = [
  'exports',
  'conversations',
  'deliveries',
  'erasures',
  'export_rules',
  'candidate_imports',
  'lever_syncs',
  'lever_opportunity_syncs',
] as const
const FAIR_WORK = ['exports', 'conversations', 'deliveries'] as const

export const ACROSS_ORGANIZATIONS: readonly AcrossOrganizations[] = [
  {
    collections: WORK,
    command: 'find',
    shapes: ['$dueAt $leaseUntil status'],
    why: 'a claim finds the due work of all organizations, through an index over due work',
  },
  {
    collections: ['lever_syncs', 'lever_opportunity_syncs', 'export_audit_runs'],
    command: 'find',
    shapes: ['$dueAt $leaseUntil lane status', '$dueAt $leaseUntil _id lane status'],
    why: 'a claim in lanes finds the due work of all organizations, through an index over due work',
  },
  {
    collections: FAIR_WORK,
    command: 'find',
    shapes: ['$dueAt $leaseUntil dueAt lane status', '$dueAt $leaseUntil dueAt lane organization status'],
    why: 'a fair claim goes from one organization with due work to the next',
  },
  {
    collections: ['exports'],
    command: 'find',
    shapes: ['$dueAt $leaseUntil dueAt lane note.status status', '$dueAt $leaseUntil dueAt lane note.status organization status'],
    why: 'the same; of exported ones, only those whose note is queued are due',
  },
  {
    collections: ['exports', 'deliveries', 'candidate_imports', 'erasures'],
    command: 'aggregate',
    shapes: ['status'],
    why: 'metrics count open work',
  },
  { collections: ['exports'], command: 'aggregate', shapes: ['dueAt note.status status'], why: 'metrics count notes that wait' },
  {
    collections: ['conversations'],
    command: 'aggregate',
    shapes: ['$noteDueAt $pending.dueAt dueAt status'],
    why: 'metrics count notes that are due',
  },
  {
    collections: ['lever_syncs', 'lever_opportunity_syncs'],
    command: 'aggregate',
    shapes: ['$dueAt status'],
    why: 'metrics count due syncs',
  },
  { collections: ['export_audit_findings'], command: 'aggregate', shapes: ['kind'], why: 'metrics count findings' },
  {
    collections: ['deliveries'],
    command: 'update',
    shapes: ['payload receivedAt'],
    why: 'a job drops old payloads, through an index over them',
  },
  {
    collections: ['export_batches'],
    command: 'find',
    shapes: ['$unsettledSince unsettledSince'],
    why: 'a job settles what stopped processes left, through an index over it',
  },
  { collections: ['candidate_imports'], command: 'distinct', shapes: ['file status'], why: 'a job deletes files that no import reads' },
  {
    collections: ['lever_syncs', 'lever_opportunity_syncs'],
    command: 'distinct',
    shapes: ['dueAt'],
    why: 'a job finds the connections that have no schedule',
  },
  {
    collections: ['candidates'],
    command: 'find',
    shapes: ['', '_id', 'searchKeys'],
    why: 'a new version renews the keys of all candidates, in batches',
  },
  {
    collections: ['deliveries'],
    command: 'find',
    shapes: ['payload signatureKey status'],
    why: 'a new version adopts the deliveries of an earlier one',
  },
  {
    collections: ['lever_opportunities', 'lever_postings', 'lever_requisitions'],
    command: 'aggregate',
    shapes: ['confidentiality'],
    why: 'a new version marks the exports of confidential records',
  },
  { collections: ['exports'], command: 'find', shapes: ['status'], why: 'all open work becomes unclear after a backup was restored' },
  { collections: ['exports'], command: 'update', shapes: ['note.intentAt note.status status'], why: 'the same for notes' },
  { collections: ['conversations'], command: 'distinct', shapes: ['$lastSeq $notedSeq'], why: 'the same for conversations' },
  { collections: ['lever_syncs'], command: 'update', shapes: ['dueAt'], why: 'everything is read again after a backup was restored' },
]

import type { KeyPermission } from './key-permissions.ts'
import type { WebhookEvent } from './webhook-events.ts'

export const FEATURES = ['export', 'conversations', 'interviews', 'results', 'requisitions', 'hires'] as const
export type Feature = (typeof FEATURES)[number]

/** The features that can be chosen. Add each new one here once it is built. */
export const BUILT_FEATURES = ['export', 'conversations'] as const satisfies readonly Feature[]
export type BuiltFeature = (typeof BUILT_FEATURES)[number]

export const DEFAULT_FEATURES: readonly Feature[] = ['export']

/** The settings that determine what is requested from Lever. */
export interface FeatureSettings {
  features: Feature[]
  /** One of `NOTE_MODES`. */
  noteMode?: string | null
}

interface Needs {
  /** Without `offline_access` and `webhooks:write:admin`, which every authorization asks for. */
  scopes: readonly string[]
  permissions: readonly KeyPermission[]
  events: readonly WebhookEvent[]
}

const CANDIDATE_EVENTS: readonly WebhookEvent[] = [
  'applicationCreated', 'candidateStageChange', 'candidateArchiveChange', 'candidateHired', 'candidateDeleted',
] // prettier-ignore

const EXPORT: Needs = {
  scopes: [
    'opportunities:write:admin', 'notes:write:admin', 'users:read:admin', 'postings:read:admin', 'stages:read:admin',
    'archive_reasons:read:admin', 'requisitions:read:admin', 'sources:read:admin', 'contact:read:admin',
  ],
  permissions: [
    'List all users', 'List all opportunities', 'List all stages', 'List all postings', 'List all archive reasons', 'List all requisitions',
    'Retrieve a single user', 'Retrieve a single opportunity', 'Retrieve a single posting',
    'Create an opportunity', 'Create an opportunity note',
  ],
  events: CANDIDATE_EVENTS,
} // prettier-ignore

/** The only table of what each feature requests from Lever. */
const NEEDS: Record<Feature, Needs> = {
  export: EXPORT,
  conversations: {
    scopes: [
      'opportunities:read:admin', 'applications:read:admin', 'notes:write:admin', 'users:read:admin', 'postings:read:admin',
      'stages:read:admin', 'archive_reasons:read:admin', 'contact:read:admin',
    ],
    permissions: [
      'List all users', 'List all opportunities', 'List all stages', 'List all postings', 'List all archive reasons',
      'List all opportunity notes', 'Retrieve a single user', 'Retrieve a single opportunity', 'Retrieve a single opportunity application',
      'Retrieve a single opportunity note', 'Retrieve a single stage', 'Retrieve a single posting', 'Retrieve a single archive reason',
      'Create an opportunity note',
    ],
    events: CANDIDATE_EVENTS,
  },
  interviews: {
    scopes: ['opportunities:read:admin', 'interviews:write:admin', 'panels:write:admin', 'users:read:admin'],
    permissions: [
      'List all users', 'List all opportunities', 'List all opportunity interviews', 'Retrieve a single user',
      'Retrieve a single opportunity', 'Retrieve a single opportunity interview', 'Create an opportunity interview',
      'Update an opportunity interview', 'Delete an opportunity interview',
    ],
    events: ['interviewCreated', 'interviewUpdated', 'interviewDeleted'],
  },
  results: { ...EXPORT, events: ['candidateStageChange'] },
  requisitions: {
    scopes: [
      'requisitions:write:admin', 'requisition_fields:read:admin', 'postings:write:admin', 'users:read:admin', 'stages:read:admin',
      'opportunities:read:admin', 'archive_reasons:read:admin',
    ],
    permissions: [
      'List all requisitions', 'List all requisition fields', 'List all postings', 'List all users', 'List all stages',
      'List all opportunities', 'List all archive reasons', 'Create requisitions', 'Delete requisitions', 'Update requisition fields',
      'Update posting',
    ],
    events: [],
  },
  hires: {
    scopes: [
      'opportunities:read:admin', 'offers:read:admin', 'contact:read:admin', 'postings:read:admin', 'requisitions:read:admin',
      'users:read:admin',
    ],
    permissions: [
      'List all users', 'List all opportunities', 'List all postings', 'List all requisitions', 'Retrieve a single opportunity',
      'Retrieve a single opportunity offer',
    ],
    events: ['candidateHired'],
  },
} // prettier-ignore

/** Rewriting a note in place updates it in Lever. */
const FOR_REWRITTEN_NOTES: readonly KeyPermission[] = ['Update an opportunity note']

export function needsOf(feature: Feature, { noteMode }: Pick<FeatureSettings, 'noteMode'>): Needs {
  const needs = NEEDS[feature]
  if (feature !== 'conversations' || noteMode !== 'perConversation') return needs
  return { ...needs, permissions: [...needs.permissions, ...FOR_REWRITTEN_NOTES] }
}

/** Returns the features in the order of the table, without duplicates. */
export function sortedFeatures(features: readonly Feature[]): Feature[] {
  return FEATURES.filter((feature) => features.includes(feature))
}

import { dateRefreshes } from '../connection/refresh.ts'
import { dateErasureSwitch } from '../connection/settings.ts'
import type { RetiredIndex } from '../schema/declared-indexes.ts'
import type { SchemaStep } from '../schema/schema-step.ts'
import { adoptOldDeliveries } from '../webhooks/adopt-old-deliveries.ts'
import { adoptFeatures } from './adopt-features.ts'
import { adoptSyncProgress } from './adopt-sync-progress.ts'
import { markConfidential } from './mark-confidential.ts'

/**
 * The steps from one schema version to the next. Add new ones at the end, and never change the number of an old one: a database remembers
 * the last number that it has seen. `src/schema/README.md` says what a step must not do.
 */
export const SCHEMA_STEPS: readonly SchemaStep[] = [
  { number: 1, name: 'mark exports and candidates of confidential records', run: markConfidential },
  { number: 2, name: 'date the switch for erasures told by Lever', run: dateErasureSwitch },
  { number: 3, name: 'give connections their features', run: adoptFeatures },
  { number: 4, name: 'move the progress of syncs to their runs', run: adoptSyncProgress },
  { number: 5, name: 'give deliveries the key of their signature', run: adoptOldDeliveries },
  { number: 6, name: 'date the refreshes of access tokens', run: dateRefreshes },
]

/** Indexes that no model has any more. */
export const RETIRED_INDEXES: readonly RetiredIndex[] = [
  { collection: 'candidate_import_rejections', name: 'import_1_line_1', from: 7 },
  { collection: 'candidate_import_rejections', name: 'organization_1', from: 7 },
  { collection: 'candidate_import_warnings', name: 'import_1_line_1', from: 7 },
  { collection: 'conversation_messages', name: 'conversation_1_messageId_1', from: 7 },
  { collection: 'conversation_messages', name: 'conversation_1_seq_1', from: 7 },
  { collection: 'deliveries', name: 'connection_1_event_1_token_1', from: 7 },
  { collection: 'deliveries', name: 'heldUsage', from: 7 },
  { collection: 'deliveries', name: 'signatures', from: 7 },
  { collection: 'export_rule_entries', name: 'rule_1_candidate_1', from: 7 },
  { collection: 'export_rule_entries', name: 'rule_1_status_1__id_1', from: 7 },
  { collection: 'exports', name: 'batch_1_status_1_finishedAt_1', from: 7 },
  { collection: 'webhook_refusals', name: 'connection_1_event_1', from: 7 },
  { collection: 'webhook_refusals', name: 'organization_1', from: 7 },
]

import type { Document } from 'mongodb'
import { CandidateImportModel } from '../candidates/candidate-import-model.ts'
import { ConnectionModel } from '../connection/connection-model.ts'
import { GRANTED } from '../connection/grant.ts'
import { ConversationModel, WAITING_FOR as CONVERSATIONS_WAIT_FOR } from '../conversations/conversation-model.ts'
import { OrganizationDeletionModel } from '../deletion/deletion-model.ts'
import { ErasureModel } from '../erasure/erasure-model.ts'
import { ExportModel, WAITING_FOR as EXPORTS_WAIT_FOR } from '../export/export-model.ts'
import { OpportunitySyncModel } from '../mirror/opportunity-sync-model.ts'
import { SyncRunModel } from '../mirror/sync-run-model.ts'
import { DeliveryModel } from '../webhooks/delivery-model.ts'
import { NEVER, type WorkStore } from '../work/work-fields.ts'

/** Open work of one kind, by what it waits for; `worker` means that it only waits for its turn. */
export interface WaitingWork {
  kind: string
  waitingFor: string
  count: number
  /** 0 if nothing waits. */
  oldestSeconds: number
}

interface Source {
  kind: string
  store: WorkStore
  match: Document
  /** Pipeline stages between match and group. */
  join?: Document[]
  waitingFor: unknown
  /** An expression for the time since when it has waited. */
  since: unknown
  /** Shown as 0 if nothing waits. */
  always: readonly string[]
}

const FROM_CONNECTION: Document[] = [
  { $lookup: { from: ConnectionModel.collection.name, localField: 'connection', foreignField: '_id', as: 'connection', pipeline: [{ $project: { status: 1 } }] } },
  { $set: { isGranted: { $in: [{ $first: '$connection.status' }, [...GRANTED]] } } },
] // prettier-ignore

/** When the quiet period before a note ended. Messages that arrive while a note is being written have a later one. */
const CONVERSATION_DUE_AT = { $ifNull: ['$pending.dueAt', '$noteDueAt'] }

/** Each source reads only open work, through an index, however much has ended before. */
const SOURCES: readonly Source[] = [
  {
    kind: 'exports',
    store: ExportModel,
    match: { status: { $in: ['queued', 'checking', 'sending', 'unclear'] } },
    waitingFor: { $ifNull: ['$waitingFor', { $cond: [{ $eq: ['$status', 'unclear'] }, 'settling', 'worker'] }] },
    since: { $ifNull: ['$openedAt', '$createdAt'] },
    always: ['worker', ...EXPORTS_WAIT_FOR],
  },
  {
    kind: 'notes',
    store: ExportModel,
    match: { status: 'exported', dueAt: { $lt: NEVER }, 'note.status': 'queued' },
    waitingFor: { $cond: [{ $eq: ['$waitingFor', 'authorization'] }, 'authorization', 'worker'] },
    since: { $max: ['$openedAt', '$finishedAt'] },
    always: ['worker', 'authorization'],
  },
  {
    kind: 'conversations',
    store: ConversationModel,
    match: { status: 'open', dueAt: { $lt: NEVER }, $expr: { $lte: [CONVERSATION_DUE_AT, '$$NOW'] } },
    waitingFor: { $ifNull: ['$waitingFor', 'worker'] },
    since: CONVERSATION_DUE_AT,
    always: ['worker', ...CONVERSATIONS_WAIT_FOR],
  },
  {
    kind: 'deliveries',
    store: DeliveryModel,
    match: { status: { $in: ['received', 'held'] } },
    join: FROM_CONNECTION,
    waitingFor: {
      $cond: [{ $eq: ['$status', 'held'] }, 'signatureToken', { $cond: ['$isGranted', 'worker', 'authorization'] }],
    },
    since: { $max: ['$receivedAt', '$openedAt'] },
    always: ['worker', 'authorization', 'signatureToken'],
  },
  {
    kind: 'imports',
    store: CandidateImportModel,
    match: { status: 'running' },
    waitingFor: 'worker',
    since: '$createdAt',
    always: ['worker'],
  },
  {
    kind: 'erasures',
    store: ErasureModel,
    match: { status: 'running' },
    waitingFor: { $cond: [{ $gt: ['$passes', 0] }, 'workUnderWay', 'worker'] },
    since: '$createdAt',
    always: ['worker', 'workUnderWay'],
  },
  {
    kind: 'organizationDeletions',
    store: OrganizationDeletionModel,
    match: { status: 'running' },
    waitingFor: 'worker',
    since: { $toDate: '$_id' },
    always: ['worker'],
  },
  {
    kind: 'syncs',
    store: SyncRunModel,
    match: { status: 'scheduled', $expr: { $lte: ['$dueAt', '$$NOW'] } },
    waitingFor: 'worker',
    since: '$dueAt',
    always: ['worker'],
  },
  {
    kind: 'sweeps',
    store: OpportunitySyncModel,
    match: { status: 'scheduled', $expr: { $lte: ['$dueAt', '$$NOW'] } },
    waitingFor: { $cond: [{ $eq: [{ $type: '$full.finishedAt' }, 'date'] }, 'worker', 'firstReading'] },
    since: '$dueAt',
    always: ['worker', 'firstReading'],
  },
  {
    kind: 'tokenRefreshes',
    store: ConnectionModel,
    match: {
      status: { $in: [...GRANTED] },
      'grant.accessTokenExpiresAt': { $gt: new Date(0) },
      $expr: { $lt: ['$grant.accessTokenExpiresAt', '$$NOW'] },
    },
    waitingFor: 'lever',
    since: '$grant.accessTokenExpiresAt',
    always: ['lever'],
  },
]

const LIMIT_MS = 3000

/** Returns all kinds, including those without waiting work. Ages are by the database's clock. */
export async function readWaitingWork(): Promise<WaitingWork[]> {
  return (await Promise.all(SOURCES.map(readSource))).flat()
}

async function readSource({ kind, store, match, join = [], waitingFor, since, always }: Source): Promise<WaitingWork[]> {
  const stages = [
    { $match: match },
    ...join,
    { $group: { _id: waitingFor, count: { $sum: 1 }, since: { $min: since } } },
    { $set: { oldestMs: { $subtract: ['$$NOW', '$since'] } } },
  ]
  const found = await store.collection
    .aggregate<{ _id: string; count: number; oldestMs: number }>(stages, { maxTimeMS: LIMIT_MS })
    .toArray()
  const byName = new Map(found.map(({ _id, count, oldestMs }) => [_id, { count, oldestSeconds: Math.max(0, oldestMs / 1000) }]))
  return [...new Set([...always, ...byName.keys()])].map((name) => ({
    kind,
    waitingFor: name,
    ...(byName.get(name) ?? { count: 0, oldestSeconds: 0 }),
  }))
}

import { mongo, Types } from 'mongoose'
import { coalesceByKey } from '../concurrency/coalesce.ts'
import { areDuplicateKeys, lacksMajority } from '../duplicate-key.ts'
import { isDisconnected } from '../connection/find-connection.ts'
import type { LeverOpportunity } from '../lever/opportunities.ts'
import { forgetHistory } from './forget.ts'
import { LeverStageModel, type LeverStageRecord } from './lever-record-models.ts'
import { DURABLE, MIRROR_WRITES } from './mirror-writes.ts'
import { OpportunityHistoryModel, type HistoryEntry, type HistoryKind } from './opportunity-history-model.ts'

type NewEntry = Pick<HistoryEntry, 'key' | 'kind' | 'at'> &
  Partial<Pick<HistoryEntry, 'stageId' | 'stageText' | 'archiveReasonId' | 'userId' | 'interviewId'>>
type KnownEntry = Pick<HistoryEntry, 'key' | 'kind' | 'at'>

/** An event that was not known before. `what` is the name of the stage, or the id of the reason or interview. */
export interface NotedEntry {
  kind: HistoryKind
  what: string | null
}

/**
 * Stores what a reading tells about the past of an opportunity and is not stored yet: every stage with its time and
 * the user who moved it there (Lever's `stageChanges`), the archiving, and its end. Readings may arrive in any order,
 * any number of times; an older one adds nothing that a newer one contradicts. `readAt` is the start of the reading.
 * @returns the new entries
 */
export async function noteHistory(organization: string, opportunity: LeverOpportunity, readAt: Date): Promise<NotedEntry[]> {
  const noted = await addHistory(organization, opportunity, readAt)
  await forgetIfGone(organization, opportunity.id, noted)
  return noted
}

/**
 * The same for a caller that checks afterwards whether the organization is still connected. `isNew`: Lever has just
 * created the opportunity, so no entry can exist yet.
 */
export async function addHistory(
  organization: string,
  opportunity: LeverOpportunity,
  readAt: Date,
  { isNew = false } = {},
): Promise<NotedEntry[]> {
  const known = isNew ? [] : await knownEntries(organization, opportunity.id)
  const keys = new Set(known.map(({ key }) => key))
  const told = [...stagesOf(opportunity), ...archivingOf(opportunity, readAt), ...endOfArchiving(opportunity, readAt, known)]
  const fresh = await withStageTexts(organization, opportunity, told.filter(({ key }) => !keys.has(key))) // prettier-ignore
  return insert(organization, opportunity.id, fresh)
}

async function knownEntries(organization: string, opportunityId: string): Promise<KnownEntry[]> {
  return OpportunityHistoryModel.find({ organization, opportunityId }, { key: 1, kind: 1, at: 1 }).lean<KnownEntry[]>()
}

export interface InterviewTold {
  opportunityId: string
  kind: 'interviewCreated' | 'interviewUpdated' | 'interviewDeleted'
  /** From the webhook, where it is not signed. */
  interviewId: string | null
  at: Date
  /** Lever's token of the webhook; a repeated delivery has the same one. */
  token: string
}

/**
 * Stores that Lever reported an interview. May be repeated. Waits for the majority, because no later reading repeats it.
 * @returns the new entries
 */
export async function noteInterview(
  organization: string,
  { opportunityId, kind, interviewId, at, token }: InterviewTold,
): Promise<NotedEntry[]> {
  const noted = await insert(organization, opportunityId, [{ key: `${kind}:${token}`, kind, at, interviewId }], insertDurably)
  await forgetIfGone(organization, opportunityId, noted)
  return noted
}

function stagesOf({ stage, stageChanges, lastAdvancedAt }: LeverOpportunity): NewEntry[] {
  const entries = stageChanges.flatMap(({ toStageId, updatedAt, userId }) => (updatedAt ? [stageEntry(toStageId, updatedAt, userId)] : []))
  // an account without stage changes still reports the current stage and its time
  if (stage === null || lastAdvancedAt === null || stageChanges.at(-1)?.toStageId === stage) return entries
  return [...entries, stageEntry(stage, lastAdvancedAt, null)]
}

function stageEntry(stageId: string, at: Date, userId: string | null): NewEntry {
  return { key: `stage:${stageId}:${at.getTime()}`, kind: 'stage', at, stageId, userId }
}

function archivingOf({ archived, updatedAt }: LeverOpportunity, readAt: Date): NewEntry[] {
  if (!archived) return []
  const { archivedAt, reason } = archived
  const at = archivedAt ?? updatedAt ?? readAt
  return [{ key: `archived:${archivedAt?.getTime() ?? reason ?? 'unknown'}`, kind: 'archived', at, archiveReasonId: reason }]
}

/**
 * Lever reports no time for the end of an archiving: it lies between the archiving and the last change. A reading from
 * before the archiving says nothing.
 */
function endOfArchiving({ archived, updatedAt }: LeverOpportunity, readAt: Date, known: readonly KnownEntry[]): NewEntry[] {
  const last = known.filter(({ kind }) => kind === 'archived').toSorted((a, b) => b.at.getTime() - a.at.getTime())[0]
  const at = updatedAt ?? readAt
  if (archived || !last || at <= last.at) return []
  return [{ key: `unarchived:${last.at.getTime()}`, kind: 'unarchived', at }]
}

async function withStageTexts(
  organization: string,
  { stage, stageText }: LeverOpportunity,
  entries: readonly NewEntry[],
): Promise<NewEntry[]> {
  const ids = entries.flatMap(({ stageId }) => stageId ?? [])
  if (ids.every((id) => id === stage && stageText !== null))
    return entries.map((entry) => (entry.stageId ? { ...entry, stageText } : entry))
  const stages = await LeverStageModel.find({ organization, leverId: { $in: ids } }).lean<LeverStageRecord[]>()
  const texts = new Map(stages.map(({ leverId, text }) => [leverId, text ?? null]))
  const textOf = (stageId: string) => texts.get(stageId) ?? (stageId === stage ? stageText : null)
  return entries.map((entry) => (entry.stageId ? { ...entry, stageText: textOf(entry.stageId) } : entry))
}

/** Work that was under way when the organization was disconnected may write after its mirror was deleted. */
async function forgetIfGone(organization: string, opportunityId: string, noted: readonly NotedEntry[]): Promise<void> {
  const isGone = noted.length > 0 && (await isDisconnected(organization))
  if (isGone) await forgetHistory(organization, [opportunityId])
}

async function insert(
  organization: string,
  opportunityId: string,
  entries: readonly NewEntry[],
  insertNew = insertPassing,
): Promise<NotedEntry[]> {
  if (entries.length === 0) return []
  const of = { organization: new Types.ObjectId(organization), opportunityId }
  const documents = entries.map((entry) => new OpportunityHistoryModel({ ...of, ...entry }).toObject<HistoryEntry>())
  const refused = await insertNew(organization, documents)
  const inserted = documents.filter((document) => !refused.has(document))
  return inserted.map(({ kind, stageText, stageId, archiveReasonId, interviewId }) => {
    return { kind, what: stageText ?? stageId ?? archiveReasonId ?? interviewId ?? null }
  })
}

const insertPassing = insertTogether(MIRROR_WRITES)
const insertDurably = insertTogether(DURABLE)

/** Returns an insert that is one write for all who insert at the same time. It resolves to the entries that existed already. */
function insertTogether(writeConcern: mongo.WriteConcernSettings) {
  return coalesceByKey<HistoryEntry[], ReadonlySet<HistoryEntry>>(async (groups) => {
    const entries = groups.flat()
    try {
      await OpportunityHistoryModel.collection.insertMany(entries, { ordered: false, writeConcern })
      return new Set()
    } catch (error) {
      if (!(error instanceof mongo.MongoBulkWriteError) || !areDuplicateKeys(error) || lacksMajority(error)) throw error
      return new Set([error.writeErrors].flat().flatMap(({ index }) => entries[index] ?? []))
    }
  })
}

import { Types } from 'mongoose'
import type { LeverClient } from '../lever/client.ts'
import { isLeverStatus } from '../lever/lever-call-error.ts'
import { getOpportunity, listDeletedOpportunities, listOpportunities } from '../lever/opportunities.ts'
import { spellingsOf } from '../lever/sources.ts'
import {
  AUDIT_FINDINGS,
  ExportAuditFindingModel,
  ExportAuditRunModel,
  type AuditFinding,
  type ExportAuditRun,
} from './export-audit-model.ts'
import { ExportModel } from './export-model.ts'
import type { ExportDeps, ExportTerms } from './run/run-export-deps.ts'
import { LeaseLost, type Claimed } from '../work/claim.ts'
import { NEVER } from '../work/work-fields.ts'
import { writeStep } from '../work/write-step.ts'

const HOUR_MS = 3_600_000
/** Each comparison overlaps the last one by this much, because clocks differ and exports that were open then have ended since. */
const OVERLAP_MS = 2 * HOUR_MS
/** How far the first comparison looks back. */
const FIRST_MS = 24 * HOUR_MS
/** Younger opportunities are not compared, because their export may still be running. */
const YOUNG_MS = 10 * 60_000

export type AuditDeps = Pick<ExportDeps, 'readTerms' | 'log'>

/** Ends a claimed comparison, and sets when the next one is due. A failure is logged; the next one covers the same time again. */
export async function runAudit(claimed: Claimed<ExportAuditRun>, deps: AuditDeps): Promise<void> {
  const organization = String(claimed.document.organization)
  const begunAt = new Date()
  try {
    const terms = await deps.readTerms(organization)
    if (terms.status !== 'active' && terms.status !== 'paused') {
      await writeStep(ExportAuditRunModel, claimed, { release: 'never' })
      return
    }
    await compare(organization, claimed.document, { terms, begunAt })
    await writeStep(ExportAuditRunModel, claimed, { set: { comparedAt: begunAt }, release: HOUR_MS })
  } catch (error) {
    if (error instanceof LeaseLost) throw error
    deps.log.warn({ organization, err: error }, 'exports could not be compared with Lever')
    await writeStep(ExportAuditRunModel, claimed, { release: HOUR_MS })
  }
}

/**
 * Lists the opportunities with our source that were created in Lever since the last comparison, and compares in both directions. May run
 * twice.
 * @throws ServiceError or LeverCallError when Lever cannot be asked
 */
async function compare(
  organization: string,
  run: Pick<ExportAuditRun, 'comparedAt' | 'notBefore'>,
  { terms, begunAt }: { terms: ExportTerms; begunAt: Date },
): Promise<void> {
  const client = terms.openClient('sync')
  const lookedBackTo = run.comparedAt ? run.comparedAt.getTime() - OVERLAP_MS : begunAt.getTime() - FIRST_MS
  const since = Math.max(lookedBackTo, run.notBefore?.getTime() ?? 0)
  const confidentiality = terms.canSeeConfidential ? { confidentiality: 'all' as const } : {}
  const inLever = new Map<string, string | null>()
  const source = await spellingsOf(client, terms.sourceName, { lane: 'sync' })
  const listed = listOpportunities(client, { source, createdAtStart: since, lane: 'sync', ...confidentiality })
  for await (const { id, contact, createdAt } of listed)
    if (createdAt === null || createdAt.getTime() < begunAt.getTime() - YOUNG_MS) inLever.set(id, contact)
  if (inLever.size > 0) await noteUnmade(organization, inLever)
  await noteLosses(organization, new Set(inLever.keys()), { client, since, until: begunAt.getTime() - YOUNG_MS })
}

/** Records opportunities in Lever that no export created, and removes the finding of one that an export has adopted since. */
async function noteUnmade(organization: string, inLever: ReadonlyMap<string, string | null>): Promise<void> {
  const ids = [...inLever.keys()]
  const made = await ExportModel.find({ organization, madeOpportunityId: { $in: ids } }, { madeOpportunityId: 1 }).lean()
  const known = new Set(made.flatMap(({ madeOpportunityId }) => madeOpportunityId ?? []))
  await ExportAuditFindingModel.deleteMany({ organization, kind: { $ne: 'loss' }, opportunityId: { $in: [...known] } })
  for (const [id, contactId] of inLever) {
    if (known.has(id)) continue
    const ours = contactId !== null && (await ExportModel.exists({ organization, contactId, madeOpportunityId: { $exists: true } }))
    await note(organization, id, ours ? 'double' : 'stranger')
  }
}

interface Span {
  client: LeverClient
  /** Ms since the epoch. */
  since: number
  until: number
}

/**
 * Records opportunities that an export created and that are missing from Lever's list. Each is read on its own, because people may change
 * its source. An opportunity that was deleted in Lever does not count as a loss.
 */
async function noteLosses(organization: string, inLever: ReadonlySet<string>, { client, since, until }: Span): Promise<void> {
  const ended = { finishedAt: { $gte: new Date(since), $lt: new Date(until) } }
  const exports = await ExportModel.find({ organization, status: 'exported', madeOpportunityId: { $exists: true }, ...ended }, { madeOpportunityId: 1 }).lean() // prettier-ignore
  const missing = exports.flatMap(({ madeOpportunityId: id }) => (id && !inLever.has(id) ? [id] : []))
  if (missing.length === 0) return
  const deleted = await deletedSince(client, since)
  if (deleted === null) return // deleted and lost opportunities cannot be told apart
  for (const id of missing) if (!deleted.has(id) && !(await isThere(client, id))) await note(organization, id, 'loss')
}

/** Resolves to null if the grant does not allow the list. */
async function deletedSince(client: LeverClient, since: number): Promise<ReadonlySet<string> | null> {
  const deleted = new Set<string>()
  try {
    for await (const { id } of listDeletedOpportunities(client, { deletedAtStart: since, lane: 'sync' })) deleted.add(id)
    return deleted
  } catch (error) {
    if (isLeverStatus(error, 403)) return null
    throw error
  }
}

async function isThere(client: LeverClient, id: string): Promise<boolean> {
  try {
    await getOpportunity(client, id, { lane: 'sync' })
    return true
  } catch (error) {
    if (isLeverStatus(error, 404)) return false
    if (isLeverStatus(error, 403)) return true // it has become confidential
    throw error
  }
}

async function note(organization: string, opportunityId: string, kind: AuditFinding): Promise<void> {
  const found = { $set: { kind }, $setOnInsert: { foundAt: new Date() } }
  await ExportAuditFindingModel.updateOne({ organization, opportunityId }, found, { upsert: true })
}

/** Called when the connection ends, because findings and earlier exports may belong to a Lever account that is no longer used. */
export async function forgetAudit(organization: string): Promise<void> {
  await ExportAuditFindingModel.deleteMany({ organization })
  const ended = { comparedAt: null, notBefore: new Date(), dueAt: NEVER, claim: null }
  await ExportAuditRunModel.updateOne({ organization }, { $set: ended, $inc: { fence: 1 } }, { upsert: true })
}

export interface AuditCounts {
  /** The start of the last comparison. */
  comparedAt: Date
  doubles: number
  strangers: number
  losses: number
}

/** Resolves to the findings of the last 30 days; null before the first comparison has ended. */
export async function readAuditCounts(organization: string): Promise<AuditCounts | null> {
  const run = await ExportAuditRunModel.findOne({ organization }).lean<ExportAuditRun>()
  if (!run?.comparedAt) return null
  const match = { $match: { organization: new Types.ObjectId(organization) } }
  const counted = await ExportAuditFindingModel.aggregate<{ _id: AuditFinding; count: number }>([match, { $sortByCount: '$kind' }])
  const [doubles = 0, strangers = 0, losses = 0] = AUDIT_FINDINGS.map((kind) => counted.find(({ _id }) => _id === kind)?.count ?? 0)
  return { comparedAt: run.comparedAt, doubles, strangers, losses }
}

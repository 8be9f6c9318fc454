import { Types } from 'mongoose'
import { areDuplicateKeys } from '../../duplicate-key.ts'
import { isServiceError, messageWithHint } from '../../errors.ts'
import { assertLeaseHolds, type Claimed } from '../../work/claim.ts'
import { claimedAt } from '../../work/try-again.ts'
import { writeStep } from '../../work/write-step.ts'
import { assessExport, type Assessment } from '../request/assess-export.ts'
import { addEntries } from './enter-rules.ts'
import { ExportModel, openKeyOf } from '../export-model.ts'
import { ExportRuleEntryModel, type ExportRuleEntry } from './export-rule-entry-model.ts'
import { ExportRuleModel, type ExportRuleDocument } from './export-rule-model.ts'
import { exportTemplate } from '../request/export-template.ts'
import type { RequestDeps } from '../request/request-export.ts'
import { partitionCandidates } from '../bulk/partition-candidates.ts'

export type ClaimedRule = Claimed<ExportRuleDocument & { status: string }>

export interface RuleDeps extends RequestDeps {
  /** Ids of those in one of the stages and, where any are named, one of the projects; oldest first, after the one given. */
  findIdsInStages: (
    organization: string,
    where: { stages: readonly string[]; projects: readonly string[] },
    part: { after: Types.ObjectId | null; atMost: number },
  ) => Promise<Types.ObjectId[]>
}

/** Looks again after so many ms where nothing has waked it: at what waits for somebody, and for what a wake was lost. */
export interface LookAgain {
  whileWaitingMs: number
  otherwiseMs: number
}

const AT_A_TIME = 500

/**
 * Exports who has entered a stage of the rule. May be run again at any point: an entry and its export have one id. Due again from its
 * beginning on, so that who enters meanwhile is looked for once more.
 */
export async function applyRule(claimed: ClaimedRule, deps: RuleDeps, { whileWaitingMs, otherwiseMs }: LookAgain): Promise<void> {
  const rule = claimed.document
  const waits = rule.problem !== null || rule.existingAfter !== null
  await writeStep(ExportRuleModel, claimed, { set: { dueAt: inMs(claimed, deps, waits ? whileWaitingMs : otherwiseMs) } })
  await addExisting(claimed, deps)
  const problem = await exportOpen(claimed, deps)
  const sooner = problem && !waits ? { dueAt: inMs(claimed, deps, whileWaitingMs) } : {}
  await writeStep(ExportRuleModel, claimed, { set: { problem, claim: null, leaseUntil: null, ...sooner } })
}

/** By the database's clock, from when it was claimed. */
function inMs(claimed: ClaimedRule, { leaseMs }: RuleDeps, ms: number): Date {
  return new Date(claimedAt(claimed, leaseMs).getTime() + ms)
}

/** Those who were in its stages before it was there, where it was asked for; goes on where a crash stopped it. */
async function addExisting(claimed: ClaimedRule, deps: RuleDeps): Promise<void> {
  const rule = claimed.document
  for (let after = rule.existingAfter ?? null; after !== null;) {
    const found: Types.ObjectId[] = await deps.findIdsInStages(String(rule.organization), rule, { after, atMost: AT_A_TIME })
    await addEntries(rule, found)
    after = found.length < AT_A_TIME ? null : (found.at(-1) ?? null)
    await writeStep(ExportRuleModel, claimed, { set: { existingAfter: after } })
  }
}

/** Resolves to why those that are still open wait; null where none are. */
async function exportOpen(claimed: ClaimedRule, deps: RuleDeps): Promise<ExportRuleDocument['problem']> {
  const rule = claimed.document
  for (;;) {
    const entries = await ExportRuleEntryModel.find({ rule: rule._id, status: 'open' })
      .sort({ _id: 1 })
      .limit(AT_A_TIME)
      .lean<ExportRuleEntry[]>()
    if (entries.length === 0) return null
    const assessment = await assess(rule, deps)
    if ('code' in assessment) return assessment
    assertLeaseHolds(claimed)
    await exportEntries(rule, entries, assessment, deps)
  }
}

/** The wish that every export under the rule is. */
export function wishOf({ organization, requestedBy, postingId, requisitionId, onDuplicate, note }: ExportRuleDocument) {
  return {
    organization: String(organization),
    requestedBy,
    onDuplicate,
    postingId: postingId ?? undefined,
    requisitionId: requisitionId ?? undefined,
    note: note ?? undefined,
    /** An admin made the rule. */
    clearance: 'all' as const,
  }
}

async function assess(rule: ExportRuleDocument, deps: RuleDeps): Promise<Assessment | { code: string; detail: string }> {
  try {
    const assessment = await assessExport(wishOf(rule), deps.assess)
    const [problem] = assessment.problems
    return problem ? { code: problem.code, detail: messageWithHint(problem) } : assessment
  } catch (error) {
    // Lever was to be asked for a posting and did not answer: passes by itself
    if (!isServiceError(error)) throw error
    return { code: error.code, detail: error.message }
  }
}

/** Takes every one of the entries out of `open`, but those of whom somebody else has just asked for an export: they are refused the next time. */
async function exportEntries(
  rule: ExportRuleDocument,
  entries: readonly ExportRuleEntry[],
  assessment: Assessment,
  deps: RuleDeps,
): Promise<void> {
  const organization = String(rule.organization)
  const postingId = assessment.posting?.id ?? null
  const begun = await requestedAmong(entries)
  const fresh = entries.filter(({ _id }) => !begun.has(String(_id)))
  const candidateIds = fresh.map(({ candidate }) => String(candidate))
  const { accepted, rejected } = await partitionCandidates(organization, { candidateIds, postingId }, deps)
  const entryOf = new Map(fresh.map((entry) => [String(entry.candidate), entry._id]))
  const template = exportTemplate(wishOf(rule), assessment)
  await insertExports(
    accepted.map(({ id }) => ({ ...template, _id: entryOf.get(id), candidate: new Types.ObjectId(id), openKey: openKeyOf(id, postingId) })),
  )
  await settle(rule, entries, deps)
  const idsOf = (isGone: boolean) =>
    rejected.filter(({ code }) => (code !== 'already_exported') === isGone).map(({ candidateId }) => entryOf.get(candidateId))
  await ExportRuleEntryModel.updateMany({ _id: { $in: idsOf(false) } }, { $set: { status: 'refused', code: 'already_exported' } })
  await ExportRuleEntryModel.deleteMany({ _id: { $in: idsOf(true) } })
  if (accepted.length === 0) return
  const by = `export_rule:${String(rule._id)}`
  await deps.audit({
    organization,
    actor: by,
    action: 'export_rule.applied',
    subject: by,
    leverUser: assessment.performAs?.leverUserId ?? null,
  })
}

/** Durable when it resolves. One that is there already, or whose candidate somebody else exports, is left out. */
async function insertExports(exports: readonly Record<string, unknown>[]): Promise<void> {
  if (exports.length === 0) return
  try {
    await ExportModel.collection.insertMany([...exports], { ordered: false, writeConcern: { w: 'majority', j: true } })
  } catch (error) {
    if (!areDuplicateKeys(error)) throw error
  }
}

/** Those that have their export are done. */
async function settle(rule: ExportRuleDocument, entries: readonly ExportRuleEntry[], deps: RuleDeps): Promise<void> {
  const there = await requestedAmong(entries)
  const done = entries.filter(({ _id }) => there.has(String(_id)))
  if (done.length === 0) return
  deps.wake()
  await deps.onBulkRequested(
    String(rule.organization),
    done.map(({ _id, candidate }) => ({ exportId: String(_id), candidateId: String(candidate) })),
  )
  await ExportRuleEntryModel.updateMany({ _id: { $in: done.map(({ _id }) => _id) } }, { $set: { status: 'requested' } })
}

async function requestedAmong(entries: readonly ExportRuleEntry[]): Promise<Set<string>> {
  const found = await ExportModel.find({ _id: { $in: entries.map(({ _id }) => _id) } }, { _id: 1 }).lean<{ _id: Types.ObjectId }[]>()
  return new Set(found.map(({ _id }) => String(_id)))
}

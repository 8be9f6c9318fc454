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
  /** Resolves to the ids of candidates in one of the stages and, if any are named, one of the projects: oldest first, after `after`. */
  findIdsInStages: (
    organization: string,
    where: { stages: readonly string[]; projects: readonly string[] },
    part: { after: Types.ObjectId | null; atMost: number },
  ) => Promise<Types.ObjectId[]>
}

/** When a rule comes due again if nothing wakes it: sooner while its entries wait for a problem to be solved. */
export interface LookAgain {
  whileWaitingMs: number
  otherwiseMs: number
}

const AT_A_TIME = 500

/**
 * Exports the candidates that have entered a stage of the rule. May be run again at any point, because an entry and its export have the
 * same id. The next `dueAt` is set at the beginning, so that a candidate that enters during the run makes the rule due at once.
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

/** Counted from the claim, by the database's clock. */
function inMs(claimed: ClaimedRule, { leaseMs }: RuleDeps, ms: number): Date {
  return new Date(claimedAt(claimed, leaseMs).getTime() + ms)
}

/** Adds the candidates that were in its stages before the rule existed, if that was requested. Resumes where a crash stopped it. */
async function addExisting(claimed: ClaimedRule, deps: RuleDeps): Promise<void> {
  const rule = claimed.document
  for (let after = rule.existingAfter ?? null; after !== null;) {
    const found: Types.ObjectId[] = await deps.findIdsInStages(String(rule.organization), rule, { after, atMost: AT_A_TIME })
    await addEntries(rule, found)
    after = found.length < AT_A_TIME ? null : (found.at(-1) ?? null)
    await writeStep(ExportRuleModel, claimed, { set: { existingAfter: after } })
  }
}

/** Exports open entries. Resolves to the reason why the rest wait, or to null if no entry is open. */
async function exportOpen(claimed: ClaimedRule, deps: RuleDeps): Promise<ExportRuleDocument['problem']> {
  const rule = claimed.document
  for (;;) {
    const entries = await ExportRuleEntryModel.find({ organization: rule.organization, rule: rule._id, status: 'open' })
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

/** Returns the request that each export of the rule makes. */
export function wishOf({ organization, requestedBy, postingId, requisitionId, onDuplicate, note }: ExportRuleDocument) {
  return {
    organization: String(organization),
    requestedBy,
    onDuplicate,
    postingId: postingId ?? undefined,
    requisitionId: requisitionId ?? undefined,
    note: note ?? undefined,
    /** Only an admin can create a rule. */
    clearance: 'all' as const,
  }
}

async function assess(rule: ExportRuleDocument, deps: RuleDeps): Promise<Assessment | { code: string; detail: string }> {
  try {
    const assessment = await assessExport(wishOf(rule), deps.assess)
    const [problem] = assessment.problems
    return problem ? { code: problem.code, detail: messageWithHint(problem) } : assessment
  } catch (error) {
    // Lever did not answer when it was asked about a posting; the rule tries again later
    if (!isServiceError(error)) throw error
    return { code: error.code, detail: error.message }
  }
}

/**
 * Takes all of the entries out of `open`, except those whose candidate somebody else has just exported: the next run refuses them.
 */
async function exportEntries(
  rule: ExportRuleDocument,
  entries: readonly ExportRuleEntry[],
  assessment: Assessment,
  deps: RuleDeps,
): Promise<void> {
  const organization = String(rule.organization)
  const postingId = assessment.posting?.id ?? null
  const begun = await requestedAmong(rule, entries)
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
  await ExportRuleEntryModel.updateMany(
    { organization, _id: { $in: idsOf(false) } },
    { $set: { status: 'refused', code: 'already_exported' } },
  )
  await ExportRuleEntryModel.deleteMany({ organization, _id: { $in: idsOf(true) } })
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

/** Inserts the exports durably. Skips one that already exists, or whose candidate somebody else is exporting. */
async function insertExports(exports: readonly Record<string, unknown>[]): Promise<void> {
  if (exports.length === 0) return
  try {
    await ExportModel.collection.insertMany([...exports], { ordered: false, writeConcern: { w: 'majority', j: true } })
  } catch (error) {
    if (!areDuplicateKeys(error)) throw error
  }
}

/** Marks the entries that have their export as done. */
async function settle(rule: ExportRuleDocument, entries: readonly ExportRuleEntry[], deps: RuleDeps): Promise<void> {
  const there = await requestedAmong(rule, entries)
  const done = entries.filter(({ _id }) => there.has(String(_id)))
  if (done.length === 0) return
  deps.wake()
  await deps.onBulkRequested(
    String(rule.organization),
    done.map(({ _id, candidate }) => ({ exportId: String(_id), candidateId: String(candidate) })),
  )
  const settled = { organization: rule.organization, _id: { $in: done.map(({ _id }) => _id) } }
  await ExportRuleEntryModel.updateMany(settled, { $set: { status: 'requested' } })
}

async function requestedAmong({ organization }: ExportRuleDocument, entries: readonly ExportRuleEntry[]): Promise<Set<string>> {
  const found = await ExportModel.find({ organization, _id: { $in: entries.map(({ _id }) => _id) } }, { _id: 1 }).lean<
    { _id: Types.ObjectId }[]
  >()
  return new Set(found.map(({ _id }) => String(_id)))
}

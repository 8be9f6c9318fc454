import { isValidObjectId } from 'mongoose'
import type { Clearance } from '../../accounts/clearance.ts'
import { page, type Page, type PageRequest } from '../../paging.ts'
import { claimWork, heartbeat } from '../../work/claim.ts'
import { startWorker, type Worker } from '../../work/worker.ts'
import { applyRule, type ClaimedRule, type RuleDeps } from './apply-rule.ts'
import { watchStages, wakeRules } from './enter-rules.ts'
import { ExportRuleEntryModel, type ExportRuleEntry } from './export-rule-entry-model.ts'
import { ExportRuleModel, type ExportRuleDocument } from './export-rule-model.ts'
import { exportRuleView, type ExportRuleView, type RuleCounts } from './export-rule-view.ts'
import { previewRule, type ExportRulePreview } from './preview-rule.ts'
import { findRule, removeRule, saveRule, switchRule, type RuleInput } from './save-rule.ts'

/** Rules that one process runs at a time; each exports up to 500 candidates at once. */
const AT_ONCE = 4
/** In multiples of the pause between two polls. */
const LOOK_AGAIN = { whileWaiting: 5, otherwise: 30 }

/** A candidate that has entered a stage of a rule and has not been exported under it. */
export interface HeldCandidate {
  rule: string
  candidateId: string
  code: string | null
}

/** Automatic export: rules, and the export of the candidates that enter their stages. */
export function createExportRules(deps: RuleDeps) {
  const viewOf = async (rule: ExportRuleDocument): Promise<ExportRuleView> => exportRuleView(rule, await countsOf(rule))
  return {
    watchStages,
    put: async (organization: string, name: string, input: RuleInput, actor: string) => {
      const { rule, created } = await saveRule({ organization, name, actor }, input, deps)
      return { rule: await viewOf(rule), created }
    },
    /** Switches a rule off, or on again. @throws ServiceError `not_found` */
    switch: (organization: string, name: string, active: boolean, actor: string) => switchRule({ organization, name, actor }, active, deps),
    remove: (organization: string, name: string, actor: string) => removeRule({ organization, name, actor }, deps),
    find: async (organization: string, name: string): Promise<ExportRuleView | null> => {
      const rule = await findRule(organization, name)
      return rule && viewOf(rule)
    },
    /** Newest first. */
    list: (organization: string, request: PageRequest): Promise<Page<ExportRuleView>> =>
      page<ExportRuleDocument, ExportRuleView>(ExportRuleModel as never, { organization }, request, viewOf),
    /** Resolves to what the rule, saved or not, would export now. */
    preview: async (organization: string, name: string, input: RuleInput, clearance: Clearance): Promise<ExportRulePreview> => {
      const saved = await findRule(organization, name)
      return previewRule({ ...input, organization, rule: saved?._id ?? null, projects: input.projects ?? [], clearance }, deps)
    },
    listHeld,
    /** Names of the organization's rules, by id. Unknown ids are left out. */
    async names(organization: string, ids: readonly string[]): Promise<Map<string, string>> {
      const found = await ExportRuleModel.find({ organization, _id: { $in: ids.filter((id) => isValidObjectId(id)) } }, { name: 1 }).lean()
      return new Map(found.map(({ _id, name }) => [String(_id), name]))
    },
    /** Called when the connection can export again: makes the rules due now. */
    wake: (organization: string) => wakeRules({ organization }),
    /** @returns the number of entries removed */
    forgetCandidate: async (organization: string, candidate: string): Promise<number> =>
      (await ExportRuleEntryModel.deleteMany({ organization, candidate })).deletedCount,
    /** Starts a worker that runs rules until it is stopped. */
    startWorker: (pollMs: number): Worker =>
      startWorker<ClaimedRule['document']>({
        name: 'export rules',
        atOnce: AT_ONCE,
        pollMs,
        leaseMs: deps.leaseMs,
        claim: (atMost) => claimWork(ExportRuleModel, { statuses: ['active'], atMost, leaseMs: deps.leaseMs }),
        keep: (claimed) => heartbeat(ExportRuleModel, claimed, deps.leaseMs),
        run: (claimed) =>
          applyRule(claimed, deps, { whileWaitingMs: LOOK_AGAIN.whileWaiting * pollMs, otherwiseMs: LOOK_AGAIN.otherwise * pollMs }),
        log: deps.log,
      }),
  }
}

async function countsOf({ _id: rule, organization }: ExportRuleDocument): Promise<RuleCounts> {
  const [open, requested, refused] = await Promise.all(
    (['open', 'requested', 'refused'] as const).map((status) => ExportRuleEntryModel.countDocuments({ organization, rule, status })),
  )
  return { open: open ?? 0, requested: requested ?? 0, refused: refused ?? 0 }
}

/** Resolves to the candidates that wait or were refused, newest first. */
async function listHeld(organization: string, atMost: number): Promise<HeldCandidate[]> {
  const entries = await ExportRuleEntryModel.find({ organization, status: { $in: ['open', 'refused'] } })
    .sort({ _id: -1 })
    .limit(atMost)
    .lean<ExportRuleEntry[]>()
  const ruleIds = [...new Set(entries.map(({ rule }) => String(rule)))]
  const rules = await ExportRuleModel.find({ organization, _id: { $in: ruleIds } }).lean<ExportRuleDocument[]>()
  const byId = new Map(rules.map((rule) => [String(rule._id), rule]))
  return entries.flatMap(({ rule, candidate, code }) => {
    const of = byId.get(String(rule))
    return of ? [{ rule: of.name, candidateId: String(candidate), code: code ?? of.problem?.code ?? null }] : []
  })
}

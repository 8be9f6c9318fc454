import type { ClientSession, Types } from 'mongoose'
import { isSameWord, type StageEntry, type StageWatch } from '../../candidates/stage-entries.ts'
import { ExportRuleEntryModel } from './export-rule-entry-model.ts'
import { ExportRuleModel, type ExportRuleDocument } from './export-rule-model.ts'
import { DUE_NOW } from '../../work/work-fields.ts'

type RuleTerms = Pick<ExportRuleDocument, '_id' | 'organization' | 'stages' | 'projects'>

/** Resolves to the watch of an organization's active rules on the stages of its candidates; null if there are none. */
export async function watchStages(organization: string): Promise<StageWatch | null> {
  const fields = { organization: 1, stages: 1, projects: 1 }
  const rules = await ExportRuleModel.find({ organization, status: 'active' }, fields).lean<RuleTerms[]>()
  if (rules.length === 0) return null
  let entered: Types.ObjectId[] = []
  return {
    concerns: (entry) => rules.some((rule) => isOf(rule, entry)),
    async record(entries, session) {
      const wishes = rules.map((rule) => ({
        rule,
        candidates: entries.filter((entry) => isOf(rule, entry)).map(({ candidate }) => candidate),
      }))
      entered = wishes.filter(({ candidates }) => candidates.length > 0).map(({ rule }) => rule._id)
      for (const { rule, candidates } of wishes) await addEntries(rule, candidates, session)
    },
    // if waking fails, the entries stay, and the worker's poll finds them
    wake: async () => void (entered.length > 0 && (await wakeRules({ organization, _id: { $in: entered } }).catch(() => undefined))),
  }
}

/** Adds open entries for these candidates to the rule. A candidate that has an entry already gets no second one. */
export async function addEntries(
  { _id: rule, organization }: Pick<ExportRuleDocument, '_id' | 'organization'>,
  candidates: readonly Types.ObjectId[],
  session?: ClientSession,
): Promise<void> {
  if (candidates.length === 0) return
  const writes = candidates.map((candidate) => ({
    updateOne: {
      filter: { organization, rule, candidate },
      update: { $setOnInsert: { status: 'open', code: null } },
      upsert: true,
    },
  }))
  await ExportRuleEntryModel.collection.bulkWrite(writes, { ordered: false, ...(session ? { session } : {}) })
}

/** Makes these rules due now, and due again after the current run if a worker is running one. */
export async function wakeRules(which: { organization: string; _id?: { $in: Types.ObjectId[] } }): Promise<void> {
  await ExportRuleModel.updateMany({ ...which, status: 'active' }, { $set: { dueAt: DUE_NOW } }, { timestamps: false })
}

function isOf({ stages, projects }: RuleTerms, { stage, project }: StageEntry): boolean {
  return stages.some((one) => isSameWord(one, stage)) && (projects.length === 0 || projects.some((one) => isSameWord(one, project)))
}

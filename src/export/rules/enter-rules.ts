import type { ClientSession, Types } from 'mongoose'
import { isSameWord, type StageEntry, type StageWatch } from '../../candidates/stage-entries.ts'
import { ExportRuleEntryModel } from './export-rule-entry-model.ts'
import { ExportRuleModel, type ExportRuleDocument } from './export-rule-model.ts'
import { DUE_NOW } from '../../work/work-fields.ts'

type RuleTerms = Pick<ExportRuleDocument, '_id' | 'organization' | 'stages' | 'projects'>

/** The active rules of an organization, as who watches the stages of its candidates; null where there is none. */
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
    // a wake that fails does not undo what was written: the worker looks by itself
    wake: async () => void (entered.length > 0 && (await wakeRules({ _id: { $in: entered } }).catch(() => undefined))),
  }
}

/** That these candidates are to be exported under the rule; who has been before is not entered again. */
export async function addEntries(
  { _id: rule, organization }: Pick<ExportRuleDocument, '_id' | 'organization'>,
  candidates: readonly Types.ObjectId[],
  session?: ClientSession,
): Promise<void> {
  if (candidates.length === 0) return
  const writes = candidates.map((candidate) => ({
    updateOne: {
      filter: { rule, candidate },
      update: { $setOnInsert: { organization, status: 'open', code: null } },
      upsert: true,
    },
  }))
  await ExportRuleEntryModel.collection.bulkWrite(writes, { ordered: false, ...(session ? { session } : {}) })
}

/** Makes the worker look at these rules now, and once more if it is just looking. */
export async function wakeRules(which: { organization: string } | { _id: { $in: Types.ObjectId[] } }): Promise<void> {
  await ExportRuleModel.updateMany({ ...which, status: 'active' }, { $set: { dueAt: DUE_NOW } }, { timestamps: false })
}

function isOf({ stages, projects }: RuleTerms, { stage, project }: StageEntry): boolean {
  return stages.some((one) => isSameWord(one, stage)) && (projects.length === 0 || projects.some((one) => isSameWord(one, project)))
}

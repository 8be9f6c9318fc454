import { Types } from 'mongoose'
import { retryUpsert } from '../../duplicate-key.ts'
import { ServiceError } from '../../errors.ts'
import type { RuleDeps } from './apply-rule.ts'
import { ExportRuleEntryModel } from './export-rule-entry-model.ts'
import { ExportRuleModel, type ExportRuleDocument } from './export-rule-model.ts'
import { DUE_NOW } from '../../work/work-fields.ts'

export interface RuleInput {
  projects?: string[] | undefined
  stages: string[]
  postingId?: string | undefined
  requisitionId?: string | undefined
  requestedBy: string
  onDuplicate?: ExportRuleDocument['onDuplicate'] | undefined
  note?: string | undefined
  active?: boolean | undefined
  /** Also exports candidates that are in its stages already. */
  applyToExisting?: boolean | undefined
}

interface NamedRule {
  organization: string
  name: string
  actor: string
}

const BEFORE_ALL = new Types.ObjectId('0'.repeat(24))
/** Makes the rule due at once; the fence is raised too, so that a worker that holds the rule finds its fence outdated. */
const TAKEN_BACK = { dueAt: DUE_NOW, claim: null, leaseUntil: null, problem: null }

/** Creates a rule, or changes the terms of the rule with this name. Candidates already exported under it are not exported again. */
export async function saveRule(
  { organization, name, actor }: NamedRule,
  input: RuleInput,
  { audit }: Pick<RuleDeps, 'audit'>,
): Promise<{ rule: ExportRuleDocument; created: boolean }> {
  const terms = {
    projects: input.projects ?? [],
    stages: input.stages,
    postingId: input.postingId ?? null,
    requisitionId: input.requisitionId ?? null,
    requestedBy: input.requestedBy,
    onDuplicate: input.onDuplicate ?? 'stop',
    note: input.note ?? null,
    status: (input.active ?? true) ? ('active' as const) : ('inactive' as const),
    ...(input.applyToExisting === true ? { existingAfter: BEFORE_ALL } : {}),
  }
  const written = await upsert({ organization, name }, terms)
  const created = written.lastErrorObject?.updatedExisting !== true
  const rule = written.value
  if (!rule) throw new ServiceError('internal_error', 'The rule was not saved.')
  await audit({
    organization,
    actor,
    action: created ? 'export_rule.created' : 'export_rule.changed',
    subject: `export_rule:${String(rule._id)}`,
  })
  return { rule, created }
}

async function upsert(which: { organization: string; name: string }, terms: Record<string, unknown>) {
  return retryUpsert(() =>
    ExportRuleModel.findOneAndUpdate(
      which,
      { $set: { ...terms, ...TAKEN_BACK }, $inc: { fence: 1 } },
      { upsert: true, returnDocument: 'after', includeResultMetadata: true },
    ).lean<{ value: ExportRuleDocument | null; lastErrorObject?: { updatedExisting?: boolean } }>(),
  )
}

/** Switches a rule off, or on again. @throws ServiceError `not_found` */
export async function switchRule(
  { organization, name, actor }: NamedRule,
  active: boolean,
  { audit }: Pick<RuleDeps, 'audit'>,
): Promise<void> {
  const set = { ...TAKEN_BACK, status: active ? 'active' : 'inactive' }
  const rule = await ExportRuleModel.findOneAndUpdate({ organization, name }, { $set: set, $inc: { fence: 1 } }).lean<ExportRuleDocument>()
  if (!rule) throw noSuchRule()
  await audit({ organization, actor, action: 'export_rule.changed', subject: `export_rule:${String(rule._id)}` })
}

/**
 * Removes a rule. Candidates that wait for it are not exported; exports that it has requested continue.
 * @throws ServiceError `not_found`
 */
export async function removeRule({ organization, name, actor }: NamedRule, { audit }: Pick<RuleDeps, 'audit'>): Promise<void> {
  const rule = await ExportRuleModel.findOneAndDelete({ organization, name }).lean<ExportRuleDocument>()
  if (!rule) throw noSuchRule()
  await ExportRuleEntryModel.deleteMany({ organization, rule: rule._id })
  await audit({ organization, actor, action: 'export_rule.deleted', subject: `export_rule:${String(rule._id)}` })
}

export async function findRule(organization: string, name: string): Promise<ExportRuleDocument | null> {
  return ExportRuleModel.findOne({ organization, name }).lean<ExportRuleDocument>()
}

function noSuchRule(): ServiceError {
  return new ServiceError('not_found', 'There is no such export rule.')
}

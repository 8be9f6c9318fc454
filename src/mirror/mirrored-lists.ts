import type { QueryFilter } from 'mongoose'
import type { Clearance } from '../accounts/clearance.ts'
import type { Page, PageRequest } from '../paging.ts'
import { hasWords, matchesWords, searchKeyOf } from './folded-text.ts'
import {
  LeverArchiveReasonModel,
  LeverPostingModel,
  LeverRequisitionModel,
  LeverStageModel,
  LeverUserModel,
  type LeverArchiveReasonRecord,
  type LeverPostingRecord,
  type LeverRequisitionRecord,
  type LeverStageRecord,
} from './lever-record-models.ts'
import { toLeverUserView, type LeverUserView } from './lever-users.ts'
import { readRecordPage } from './record-page.ts'
import { CONFIDENTIAL, shownTo } from './shown-to.ts'

export interface PostingFilters {
  /** Words that must each occur in the title, location, team, or a requisition code; ignores case and accents. */
  q?: string | undefined
  /** Lever's state, matched exactly. */
  state?: string | undefined
  open?: boolean | undefined
}

/** States in which Lever accepts candidates: on the job site, or unlisted ("internal"). */
const OPEN_STATES: readonly string[] = ['published', 'internal']

export function listUsers(organization: string, page: PageRequest): Promise<Page<LeverUserView>> {
  return readRecordPage(LeverUserModel, { organization }, page, toLeverUserView)
}

/** Ordered as in the pipeline. */
export function listStages(organization: string, page: PageRequest): Promise<Page<StageView>> {
  return readRecordPage(LeverStageModel, { organization }, page, toStageView)
}

export function listArchiveReasons(organization: string, page: PageRequest): Promise<Page<ArchiveReasonView>> {
  return readRecordPage(LeverArchiveReasonModel, { organization }, page, toArchiveReasonView)
}

export async function listPostings(
  organization: string,
  filters: PostingFilters,
  clearance: Clearance,
  page: PageRequest,
): Promise<Page<PostingView>> {
  const conditions: QueryFilter<LeverPostingRecord>[] = [{ organization }, shownTo(clearance)]
  if (filters.q !== undefined) conditions.push(await findsWords(organization, filters.q, clearance))
  if (filters.state !== undefined) conditions.push({ state: filters.state })
  if (filters.open !== undefined) conditions.push({ state: { [filters.open ? '$in' : '$nin']: OPEN_STATES } })
  const found = await readRecordPage(LeverPostingModel, { $and: conditions }, page, toPostingView)
  return { ...found, data: await nameShownRequisitions(organization, clearance, found.data) }
}

/** Codes of requisitions that `clearance` does not cover are not searched. */
async function findsWords(organization: string, q: string, clearance: Clearance): Promise<QueryFilter<LeverPostingRecord>> {
  const matches = matchesWords('searchKey', q)
  if (clearance === 'all') return matches
  const hidden = new Set(await LeverRequisitionModel.distinct('requisitionCode', { organization, ...CONFIDENTIAL }))
  const withHidden = { requisitionCodes: { $in: [...hidden] } }
  const inQuestion = await LeverPostingModel.find({ $and: [{ organization }, withHidden, matches] }).lean<LeverPostingRecord[]>()
  const onlyByHidden = inQuestion.filter(({ text, location, team, requisitionCodes }) => {
    const shownCodes = requisitionCodes.filter((code) => !hidden.has(code))
    return !hasWords(searchKeyOf([text, location, team, ...shownCodes]), q)
  })
  return { $and: [matches, { leverId: { $nin: onlyByHidden.map(({ leverId }) => leverId) } }] }
}

export async function listRequisitions(organization: string, clearance: Clearance, page: PageRequest): Promise<Page<RequisitionView>> {
  const found = await readRecordPage(LeverRequisitionModel, { organization, ...shownTo(clearance) }, page, toRequisitionView)
  return { ...found, data: await nameShownPostings(organization, clearance, found.data) }
}

export async function findStage(organization: string, leverId: string): Promise<StageView | null> {
  const record = await LeverStageModel.findOne({ organization, leverId }).lean<LeverStageRecord>()
  return record && toStageView(record)
}

/** Returns null also for a posting that `clearance` does not cover. */
export async function findPosting(organization: string, leverId: string, clearance: Clearance): Promise<PostingView | null> {
  const record = await LeverPostingModel.findOne({ organization, leverId, ...shownTo(clearance) }).lean<LeverPostingRecord>()
  return record && toPostingView(record)
}

/** Returns null also for a requisition that `clearance` does not cover. */
export async function findRequisition(organization: string, leverId: string, clearance: Clearance): Promise<RequisitionView | null> {
  const record = await LeverRequisitionModel.findOne({ organization, leverId, ...shownTo(clearance) }).lean<LeverRequisitionRecord>()
  return record && toRequisitionView(record)
}

/**
 * Postings and requisitions refer to each other by id or code. These references, too, are shown only if `clearance`
 * covers them.
 */
async function nameShownPostings(organization: string, clearance: Clearance, requisitions: RequisitionView[]): Promise<RequisitionView[]> {
  if (clearance === 'all') return requisitions
  const ids = requisitions.flatMap(({ postings }) => postings)
  const hidden = new Set(await LeverPostingModel.distinct('leverId', { organization, leverId: { $in: ids }, ...CONFIDENTIAL }))
  return requisitions.map((one) => ({ ...one, postings: one.postings.filter((id) => !hidden.has(id)) }))
}

async function nameShownRequisitions(organization: string, clearance: Clearance, postings: PostingView[]): Promise<PostingView[]> {
  if (clearance === 'all') return postings
  const codes = postings.flatMap(({ requisitionCodes }) => requisitionCodes)
  const named = { organization, requisitionCode: { $in: codes }, ...CONFIDENTIAL }
  const hidden = new Set(await LeverRequisitionModel.distinct('requisitionCode', named))
  return postings.map((one) => ({ ...one, requisitionCodes: one.requisitionCodes.filter((code) => !hidden.has(code)) }))
}

export type StageView = ReturnType<typeof toStageView>
export type ArchiveReasonView = ReturnType<typeof toArchiveReasonView>
export type PostingView = ReturnType<typeof toPostingView>
export type RequisitionView = ReturnType<typeof toRequisitionView>

function toStageView({ leverId: id, text }: LeverStageRecord) {
  return { id, text: text ?? id }
}

function toArchiveReasonView({ leverId: id, text, status, type }: LeverArchiveReasonRecord) {
  return { id, text: text ?? id, status: status ?? null, type: type ?? null }
}

function toPostingView(record: LeverPostingRecord) {
  const {
    leverId: id,
    text,
    state,
    location,
    team,
    department,
    commitment,
    owner,
    hiringManager,
    requisitionCodes,
    confidentiality,
    url,
  } = record
  return {
    id,
    text: text ?? '',
    state: state ?? null,
    open: OPEN_STATES.includes(state ?? ''),
    location: location ?? null,
    team: team ?? null,
    department: department ?? null,
    commitment: commitment ?? null,
    owner: owner ?? null,
    hiringManager: hiringManager ?? null,
    requisitionCodes,
    confidentiality: confidentiality ?? null,
    url: url ?? null,
  }
}

function toRequisitionView(record: LeverRequisitionRecord) {
  const { leverId: id, name, requisitionCode, status, postings, location, team, confidentiality } = record
  return {
    id,
    name: name ?? '',
    requisitionCode: requisitionCode ?? null,
    status: status ?? null,
    postings,
    headcountTotal: headcountOf(record.headcountTotal),
    headcountHired: record.headcountHired ?? null,
    location: location ?? null,
    team: team ?? null,
    confidentiality: confidentiality ?? null,
  }
}

function headcountOf(total: unknown): number | 'unlimited' | null {
  return typeof total === 'number' || total === 'unlimited' ? total : null
}

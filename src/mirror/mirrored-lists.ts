import type { QueryFilter } from 'mongoose'
import type { Page, PageRequest } from '../paging.ts'
import { matchesWords } from './folded-text.ts'
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

export interface PostingFilters {
  /** Words, each of which stands in title, location, team or a requisition code; case and accents do not matter. */
  q?: string | undefined
  /** Lever's state, exactly. */
  state?: string | undefined
  open?: boolean | undefined
}

/** States in which Lever takes candidates: on the job site, or unlisted ("internal"). */
const OPEN_STATES: readonly string[] = ['published', 'internal']

export function listUsers(organization: string, page: PageRequest): Promise<Page<LeverUserView>> {
  return readRecordPage(LeverUserModel, { organization }, page, toLeverUserView)
}

/** In the order of the pipeline. */
export function listStages(organization: string, page: PageRequest): Promise<Page<StageView>> {
  return readRecordPage(LeverStageModel, { organization }, page, toStageView)
}

export function listArchiveReasons(organization: string, page: PageRequest): Promise<Page<ArchiveReasonView>> {
  return readRecordPage(LeverArchiveReasonModel, { organization }, page, toArchiveReasonView)
}

export function listPostings(organization: string, filters: PostingFilters, page: PageRequest): Promise<Page<PostingView>> {
  const conditions: QueryFilter<LeverPostingRecord>[] = [{ organization }]
  if (filters.q !== undefined) conditions.push(matchesWords('searchKey', filters.q))
  if (filters.state !== undefined) conditions.push({ state: filters.state })
  if (filters.open !== undefined) conditions.push({ state: { [filters.open ? '$in' : '$nin']: OPEN_STATES } })
  return readRecordPage(LeverPostingModel, { $and: conditions }, page, toPostingView)
}

export function listRequisitions(organization: string, page: PageRequest): Promise<Page<RequisitionView>> {
  return readRecordPage(LeverRequisitionModel, { organization }, page, toRequisitionView)
}

export async function findStage(organization: string, leverId: string): Promise<StageView | null> {
  const record = await LeverStageModel.findOne({ organization, leverId }).lean<LeverStageRecord>()
  return record && toStageView(record)
}

export async function findPosting(organization: string, leverId: string): Promise<PostingView | null> {
  const record = await LeverPostingModel.findOne({ organization, leverId }).lean<LeverPostingRecord>()
  return record && toPostingView(record)
}

export async function findRequisition(organization: string, leverId: string): Promise<RequisitionView | null> {
  const record = await LeverRequisitionModel.findOne({ organization, leverId }).lean<LeverRequisitionRecord>()
  return record && toRequisitionView(record)
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

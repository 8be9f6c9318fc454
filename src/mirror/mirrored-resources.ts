import type { Model } from 'mongoose'
import { normalizeEmail } from '../accounts/email-address.ts'
import { listArchiveReasons, type LeverArchiveReason } from '../lever/archive-reasons.ts'
import type { LeverClient } from '../lever/client.ts'
import { listPostings, type LeverPosting } from '../lever/postings.ts'
import { listRequisitions, type LeverRequisition } from '../lever/requisitions.ts'
import { listStages, type LeverStage } from '../lever/stages.ts'
import { listUsers, type LeverUser } from '../lever/users.ts'
import { searchKeyOf, sortKeyOf } from './folded-text.ts'
import {
  LeverArchiveReasonModel,
  LeverPostingModel,
  LeverRequisitionModel,
  LeverStageModel,
  LeverUserModel,
} from './lever-record-models.ts'
import type { Resource } from './resource.ts'
import type { MirrorFields, SeenRecord } from './write-records.ts'

export interface ReadOptions {
  /**
   * True if the grant shows confidential postings and requisitions. Otherwise Lever refuses requests for them
   * (Lever's API documentation).
   */
  confidential: boolean
}

export interface MirroredResource {
  model: Model<SeenRecord>
  read: (client: LeverClient, options: ReadOptions) => AsyncIterable<MirrorFields>
  /** Every Lever account has some, so an empty list is treated as a fault. */
  neverEmpty: boolean
}

const asSeen = (model: unknown): Model<SeenRecord> => model as Model<SeenRecord>

/** The source and the destination of each resource. */
export const MIRRORED: Record<Resource, MirroredResource> = {
  users: {
    model: asSeen(LeverUserModel),
    neverEmpty: true,
    read: (client) => mapEach(listUsers(client, { includeDeactivated: true }), userFields),
  },
  stages: { model: asSeen(LeverStageModel), neverEmpty: true, read: (client) => mapEach(listStages(client), stageFields) },
  archiveReasons: {
    model: asSeen(LeverArchiveReasonModel),
    neverEmpty: false,
    read: (client) => mapEach(listArchiveReasons(client), archiveReasonFields),
  },
  postings: {
    model: asSeen(LeverPostingModel),
    neverEmpty: false,
    read: (client, options) => mapEach(listPostings(client, visible(options)), postingFields),
  },
  requisitions: {
    model: asSeen(LeverRequisitionModel),
    neverEmpty: false,
    read: (client, options) => mapEach(listRequisitions(client, visible(options)), requisitionFields),
  },
}

function visible({ confidential }: ReadOptions): { confidentiality?: 'all' } {
  return confidential ? { confidentiality: 'all' } : {}
}

async function* mapEach<T>(items: AsyncIterable<T>, toFields: (item: T, position: number) => MirrorFields): AsyncGenerator<MirrorFields> {
  let position = 0
  for await (const item of items) yield toFields(item, position++)
}

export function userFields(user: LeverUser): MirrorFields {
  const { id: leverId, name, email, accessRole, deactivatedAt } = user
  return {
    leverId,
    sortKey: sortKeyOf(name ?? email ?? ''),
    name,
    email,
    emailKey: email === null ? null : normalizeEmail(email),
    accessRole,
    deactivatedAt,
  }
}

function stageFields({ id: leverId, text }: LeverStage, position: number): MirrorFields {
  return { leverId, sortKey: String(position).padStart(6, '0'), text, position }
}

function archiveReasonFields({ id: leverId, text, status, type }: LeverArchiveReason): MirrorFields {
  return { leverId, sortKey: sortKeyOf(text ?? ''), text, status, type }
}

export function postingFields(posting: LeverPosting): MirrorFields {
  const {
    id: leverId,
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
    updatedAt,
  } = posting
  const searchKey = searchKeyOf([text, location, team, ...requisitionCodes])
  return {
    leverId,
    sortKey: sortKeyOf(text ?? ''),
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
    searchKey,
    updatedAt,
  }
}

function requisitionFields(requisition: LeverRequisition): MirrorFields {
  const {
    id: leverId,
    name,
    requisitionCode,
    status,
    postings,
    headcountTotal,
    headcountHired,
    location,
    team,
    confidentiality,
  } = requisition
  return {
    leverId,
    sortKey: sortKeyOf(name ?? ''),
    name,
    requisitionCode,
    status,
    postings,
    headcountTotal,
    headcountHired,
    location,
    team,
    confidentiality,
  }
}

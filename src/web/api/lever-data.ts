import { z } from 'zod'
import { clearanceOf } from '../../accounts/clearance.ts'
import { SyncView } from '../../connection/sync-view.ts'
import { ServiceError } from '../../errors.ts'
import type { PersonOfOurs } from '../../mirror/find-opportunities.ts'
import type { Mirror } from '../../mirror/mirror.ts'
import { SYNCED } from '../../mirror/resource.ts'
import { defineEndpoint, type Access, type Endpoint } from './endpoint.ts'
import {
  ArchiveReasonOutput,
  LeverUserOutput,
  OpportunityOutput,
  PostingOutput,
  POSTING_STATES,
  RequisitionOutput,
  StageOutput,
} from './lever-data-schemas.ts'
import { pageOf, pageQuery } from './paging.ts'
import { queryFlag } from './request-fields.ts'

export interface LeverDataDeps {
  mirror: Mirror
  /** Resolves to the data that identifies the candidate in Lever; null if the candidate is unknown. */
  findCandidate: (organization: string, candidateId: string) => Promise<PersonOfOurs | null>
}

const TAG = "Lever's data"
const WITHOUT_CONFIDENTIAL = 'A sourcer sees no confidential postings or requisitions.'
const LeverId = z.string().min(1).max(100)

const PostingsQuery = pageQuery.extend({
  q: z
    .string()
    .max(200)
    .optional()
    .describe('Words to find in title, location, team or a requisition code. Case and accents do not matter'),
  state: z.enum(POSTING_STATES).optional(),
  open: queryFlag.optional().describe('Only postings that accept candidates (published or internal), or only others'),
})

const OpportunitiesQuery = pageQuery.extend({
  candidateId: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .describe('Only opportunities of contacts that share an email or a link with this candidate'),
  stageId: LeverId.optional(),
  postingId: LeverId.optional(),
  archived: queryFlag.optional(),
})

const SyncInput = z
  .strictObject({
    resources: z.array(z.enum(SYNCED)).min(1).max(SYNCED.length).optional().describe('Default: all'),
  })
  .meta({ id: 'SyncInput' })

/** Lever's records as last synced, and the sync. */
export function leverDataEndpoints(deps: LeverDataDeps): Endpoint[] {
  const { mirror } = deps
  return [
    listOf('/lever/users', 'List users by name, including deactivated ones', 'admin', LeverUserOutput, mirror.listUsers),
    listOf('/lever/stages', 'List stages in pipeline order', 'sourcer', StageOutput, mirror.listStages),
    listOf('/lever/archive-reasons', 'List archive reasons by name', 'sourcer', ArchiveReasonOutput, mirror.listArchiveReasons),
    defineEndpoint({
      method: 'get',
      path: '/lever/requisitions',
      tag: TAG,
      summary: 'List requisitions by name',
      description: WITHOUT_CONFIDENTIAL,
      access: 'sourcer',
      query: pageQuery,
      answers: { 200: { description: 'A page of requisitions', schema: pageOf(RequisitionOutput) } },
      handle: async ({ caller, query }) => ({
        status: 200,
        body: await mirror.listRequisitions(caller.organization, clearanceOf(caller), query),
      }),
    }),
    defineEndpoint({
      method: 'get',
      path: '/lever/postings',
      tag: TAG,
      summary: 'List postings by title',
      description: WITHOUT_CONFIDENTIAL,
      access: 'sourcer',
      query: PostingsQuery,
      answers: { 200: { description: 'A page of postings', schema: pageOf(PostingOutput) } },
      handle: async ({ caller, query }) => ({
        status: 200,
        body: await mirror.listPostings(caller.organization, query, clearanceOf(caller), query),
      }),
    }),
    opportunities(deps),
    defineEndpoint({
      method: 'post',
      path: '/lever/sync',
      tag: TAG,
      summary: "Read Lever's data again",
      description:
        'Runs in the background; follow it in `sync` of `GET /connection`. It also runs automatically: every 15 minutes while the lists change or are used, and at least every two hours otherwise. Once all opportunities have been read after activation, their changes are read every 10 minutes.',
      access: 'admin',
      body: SyncInput,
      answers: { 202: { description: 'Begun', schema: z.object({ sync: SyncView }) } },
      problems: ['connection_not_active'],
      handle: async ({ caller, body }) => {
        await mirror.sync(caller.organization, body.resources)
        return { status: 202, body: { sync: await mirror.syncStatus(caller.organization) } }
      },
    }),
  ]
}

function listOf(
  path: string,
  summary: string,
  access: Extract<Access, 'admin' | 'sourcer'>,
  item: z.ZodType,
  list: Mirror['listUsers' | 'listStages' | 'listArchiveReasons'],
): Endpoint {
  return defineEndpoint({
    method: 'get',
    path,
    tag: TAG,
    summary,
    access,
    query: pageQuery,
    answers: { 200: { description: 'A page of the list', schema: pageOf(item) } },
    handle: async ({ caller, query }) => ({ status: 200, body: await list(caller.organization, query) }),
  })
}

function opportunities({ mirror, findCandidate }: LeverDataDeps): Endpoint {
  return defineEndpoint({
    method: 'get',
    path: '/lever/opportunities',
    tag: TAG,
    summary: 'List opportunities as last read from Lever',
    description:
      'The list contains no personal data. All opportunities are read after activation. Before that, it has only those that were exported from here or that a webhook named.',
    access: 'admin',
    query: OpportunitiesQuery,
    answers: { 200: { description: 'A page of opportunities', schema: pageOf(OpportunityOutput) } },
    problems: ['candidate_not_found'],
    handle: async ({ caller, query }) => {
      const { candidateId, ...filters } = query
      const person = candidateId === undefined ? undefined : await findCandidate(caller.organization, candidateId)
      if (person === null)
        throw new ServiceError('candidate_not_found', 'There is no such candidate.', {
          errors: [{ path: 'query.candidateId', message: 'is not a candidate of this organization' }],
        })
      return { status: 200, body: await mirror.listOpportunities(caller.organization, { ...filters, person }, clearanceOf(caller), query) }
    },
  })
}

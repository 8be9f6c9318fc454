import { z } from 'zod'
import { clearanceOf } from '../../accounts/clearance.ts'
import { CandidateInput } from '../../candidates/candidate-input.ts'
import { CandidateView } from '../../candidates/candidate-view.ts'
import { actorOf } from '../../accounts/caller.ts'
import type { Candidates } from '../../candidates/candidates.ts'
import { LIST_ORDERS, LONGEST_CURSOR } from '../../paging.ts'
import { defineEndpoint, type Endpoint } from './endpoint.ts'
import { IdParams, momentQuery, queryFlag } from './request-fields.ts'
import { pageOf, pageQuery } from './paging.ts'

const ListQuery = pageQuery.extend({
  cursor: z.string().max(LONGEST_CURSOR).optional().meta({ description: '`nextCursor` of the previous page in the same order.' }),
  q: z.string().max(200).optional().meta({
    description:
      'Words, or beginnings of words, from the name, headline, tags, email addresses, phone numbers or links. All of them must match. Case and accents do not matter.',
  }),
  exported: queryFlag.optional().meta({ description: 'Whether the candidate has been exported.' }),
  project: z.string().max(500).optional(),
  stage: z.string().max(500).optional().meta({ description: 'The stage in the sourcing tool.' }),
  leverStageId: z
    .string()
    .max(100)
    .optional()
    .meta({ description: 'The id of the stage in Lever. For sourcers, confidential opportunities do not match.' }),
  externalId: z.string().max(200).optional(),
  updatedSince: momentQuery('The earliest `updatedAt`: an instant or a calendar date (UTC).'),
  sort: z
    .enum(LIST_ORDERS)
    .default('-added')
    .meta({ description: 'By creation time or by name; `-` means the newest or the last letter first.' }),
})
const CandidateEntry = CandidateInput.extend({
  allowErased: z.boolean().optional().meta({ description: 'Adds a person again who was erased here. Without it, the request is refused.' }),
}).meta({ id: 'CandidateEntry' })
const RULES =
  'A given value replaces the stored one, an absent value leaves it as it is, and null clears it. The result must have a name and at least one email or link.'
const TAG = 'Candidates'

export function candidateEndpoints({ candidates }: { candidates: Candidates }): Endpoint[] {
  return [
    defineEndpoint({
      method: 'post',
      path: '/candidates',
      tag: TAG,
      summary: 'Add a candidate, or update the one with a known externalId',
      description: RULES,
      access: 'sourcer',
      body: CandidateEntry,
      answers: { 201: { description: 'Added', schema: CandidateView }, 200: { description: 'Updated', schema: CandidateView } },
      problems: ['erased', 'state_conflict'],
      replay: async ({ caller }, kept) => ({
        status: kept.status,
        body: await candidates.get(caller.organization, kept.id, clearanceOf(caller)),
      }),
      handle: async ({ caller, body }) => {
        const { allowErased, ...input } = body
        const { candidate, created } = await candidates.create(caller.organization, input, clearanceOf(caller), { allowErased })
        return { status: created ? 201 : 200, body: candidate, result: { id: candidate.id } }
      },
    }),
    defineEndpoint({
      method: 'get',
      path: '/candidates',
      tag: TAG,
      summary: 'List candidates',
      access: 'sourcer',
      query: ListQuery,
      answers: { 200: { description: 'Newest first by default', schema: pageOf(CandidateView) } },
      handle: async ({ caller, query }) => {
        const { limit, cursor, sort, ...filters } = query
        return {
          status: 200,
          body: await candidates.list(caller.organization, filters, clearanceOf(caller), { limit, cursor, order: sort }),
        }
      },
    }),
    ...oneCandidate(candidates),
  ]
}

function oneCandidate(candidates: Candidates): Endpoint[] {
  return [
    defineEndpoint({
      method: 'get',
      path: '/candidates/{id}',
      tag: TAG,
      summary: 'Get a candidate, with its newest export and its opportunity in Lever',
      access: 'sourcer',
      params: IdParams,
      answers: { 200: { description: 'The candidate', schema: CandidateView } },
      handle: async ({ caller, params }) => ({
        status: 200,
        body: await candidates.get(caller.organization, params.id, clearanceOf(caller)),
      }),
    }),
    defineEndpoint({
      method: 'patch',
      path: '/candidates/{id}',
      tag: TAG,
      summary: 'Change a candidate',
      description: RULES,
      access: 'sourcer',
      params: IdParams,
      body: CandidateEntry,
      answers: { 200: { description: 'The candidate', schema: CandidateView } },
      problems: ['external_id_taken', 'erased', 'state_conflict'],
      handle: async ({ caller, params, body: { allowErased, ...input } }) => ({
        status: 200,
        body: await candidates.patch(caller.organization, params.id, input, clearanceOf(caller), { allowErased }),
      }),
    }),
    defineEndpoint({
      method: 'delete',
      path: '/candidates/{id}',
      tag: TAG,
      summary: 'Erase a candidate in Fulcrum, not in Lever',
      description:
        'Deletes all personal data and leaves a receipt in `GET /erasures`. Queued exports are canceled; a running export finishes, then leaves nothing. ' +
        'The call returns once nothing about the person is still being sent to Lever, which can take up to the time limit of one call. ' +
        'The person cannot be added again unless `allowErased` is given.',
      access: 'sourcer',
      params: IdParams,
      answers: { 204: { description: 'Deleted' } },
      handle: async ({ caller, params }) => {
        await candidates.remove(caller.organization, params.id, actorOf(caller))
        return { status: 204 }
      },
    }),
  ]
}

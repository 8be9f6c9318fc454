import { z } from 'zod'
import { CandidateInput } from '../../candidates/candidate-input.ts'
import { CandidateView } from '../../candidates/candidate-view.ts'
import type { Candidates } from '../../candidates/candidates.ts'
import { defineEndpoint, type Endpoint } from './endpoint.ts'
import { IdParams } from './id-params.ts'
import { pageOf, pageQuery } from './paging.ts'
import { queryFlag } from './query-flag.ts'

const ListQuery = pageQuery.extend({
  q: z.string().max(200).optional().meta({ description: 'Words, or parts of words, of the name or an e-mail address.' }),
  exported: queryFlag.optional().meta({ description: 'Whether an export of it has succeeded.' }),
  project: z.string().max(500).optional(),
})
const RULES =
  'A given value replaces, an absent one leaves what is there, null clears. In the end a name and at least one e-mail or link must stand.'
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
      body: CandidateInput,
      answers: { 201: { description: 'Added', schema: CandidateView }, 200: { description: 'Updated', schema: CandidateView } },
      replay: async ({ caller }, kept) => ({ status: kept.status, body: await candidates.get(caller.organization, kept.id) }),
      handle: async ({ caller, body }) => {
        const { candidate, created } = await candidates.create(caller.organization, body)
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
      answers: { 200: { description: 'Newest first', schema: pageOf(CandidateView) } },
      handle: async ({ caller, query }) => {
        const { limit, cursor, ...filters } = query
        return { status: 200, body: await candidates.list(caller.organization, filters, { limit, cursor }) }
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
      summary: 'A candidate, with its newest export and its opportunity in Lever',
      access: 'sourcer',
      params: IdParams,
      answers: { 200: { description: 'The candidate', schema: CandidateView } },
      handle: async ({ caller, params }) => ({ status: 200, body: await candidates.get(caller.organization, params.id) }),
    }),
    defineEndpoint({
      method: 'patch',
      path: '/candidates/{id}',
      tag: TAG,
      summary: 'Change a candidate',
      description: RULES,
      access: 'sourcer',
      params: IdParams,
      body: CandidateInput,
      answers: { 200: { description: 'As it stands now', schema: CandidateView } },
      problems: ['external_id_taken', 'state_conflict'],
      handle: async ({ caller, params, body }) => ({ status: 200, body: await candidates.patch(caller.organization, params.id, body) }),
    }),
    defineEndpoint({
      method: 'delete',
      path: '/candidates/{id}',
      tag: TAG,
      summary: 'Delete a candidate here; Lever is not touched',
      access: 'sourcer',
      params: IdParams,
      answers: { 204: { description: 'Deleted' } },
      handle: async ({ caller, params }) => {
        await candidates.remove(caller.organization, params.id)
        return { status: 204 }
      },
    }),
  ]
}

import { clearanceOf } from '../../accounts/clearance.ts'
import { candidateTimeline, TimelineEntry, type TimelineDeps } from '../../timeline/candidate-timeline.ts'
import { defineEndpoint, type Endpoint } from './endpoint.ts'
import { ownOf } from './exports.ts'
import { IdParams } from './request-fields.ts'
import { pageOf, pageQuery } from './paging.ts'

export function candidateTimelineEndpoints(deps: TimelineDeps): Endpoint[] {
  return [
    defineEndpoint({
      method: 'get',
      path: '/candidates/{id}/timeline',
      tag: 'Candidates',
      summary: 'What happened to a candidate, here and in Lever',
      description:
        'Exports and their notes; stages, archivings and their end, and hires with the times of Lever and who did it there, as webhooks and ' +
        'the regular reading of changes told. A sourcer sees own exports only.',
      access: 'sourcer',
      params: IdParams,
      query: pageQuery,
      answers: { 200: { description: 'Newest first', schema: pageOf(TimelineEntry) } },
      handle: async ({ caller, params, query }) => {
        const asked = { candidateId: params.id, requestedBy: ownOf(caller), clearance: clearanceOf(caller) }
        return { status: 200, body: await candidateTimeline(deps, caller.organization, { ...asked, ...query }) }
      },
    }),
  ]
}

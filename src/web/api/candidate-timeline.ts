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
      summary: 'List what happened to a candidate, in Fulcrum and in Lever',
      description:
        'Exports and their notes. Stage changes, archiving, unarchiving and hires, with the time in Lever and who did it there, as reported by webhooks and ' +
        'the regular reading of changes. A sourcer sees only their own exports.',
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

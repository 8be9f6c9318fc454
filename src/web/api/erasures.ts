import type { Erasures } from '../../erasure/erasures.ts'
import { ErasureView } from '../../erasure/erasure-view.ts'
import { defineEndpoint, type Endpoint } from './endpoint.ts'
import { pageOf, pageQuery } from './paging.ts'

export function erasureEndpoints({ erasures }: { erasures: Pick<Erasures, 'list'> }): Endpoint[] {
  return [
    defineEndpoint({
      method: 'get',
      path: '/erasures',
      tag: 'Erasures',
      summary: 'List receipts of erasures',
      description: 'Each erasure has a receipt once no personal data is left. Work in progress at the time of the request finishes first.',
      access: 'admin',
      query: pageQuery,
      answers: { 200: { description: 'Newest first', schema: pageOf(ErasureView) } },
      handle: async ({ caller, query }) => ({ status: 200, body: await erasures.list(caller.organization, query) }),
    }),
  ]
}

import { z } from 'zod'
import { DeletionView } from '../../deletion/deletion-view.ts'
import type { Deletions } from '../../deletion/deletions.ts'
import type { Erasures } from '../../erasure/erasures.ts'
import { ErasureView } from '../../erasure/erasure-view.ts'
import { defineEndpoint, type Endpoint } from './endpoint.ts'
import { pageOf, pageQuery } from './paging.ts'

interface ErasureDeps {
  erasures: Pick<Erasures, 'list'>
  deletions: Pick<Deletions, 'list'>
}

export function erasureEndpoints({ erasures, deletions }: ErasureDeps): Endpoint[] {
  return [
    defineEndpoint({
      method: 'get',
      path: '/erasures',
      tag: 'Erasures',
      summary: 'List receipts of erasures',
      description:
        "Each erasure has a receipt once no personal data is left. Work in progress at the time of the request finishes first. The operator's key lists the receipts of deleted organizations.",
      access: 'operatorOrAdmin',
      query: pageQuery,
      answers: { 200: { description: 'Newest first', schema: z.union([pageOf(ErasureView), pageOf(DeletionView)]) } },
      handle: async ({ caller, query }) => ({
        status: 200,
        body: await (caller.kind === 'operator' ? deletions.list(query) : erasures.list(caller.organization, query)),
      }),
    }),
  ]
}

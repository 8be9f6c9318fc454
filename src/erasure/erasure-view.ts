import { z } from 'zod'
import { page, type Page, type PageRequest } from '../paging.ts'
import { ERASURE_CAUSES, ErasureModel, type ErasureDocument } from './erasure-model.ts'

export const ErasureView = z
  .object({
    id: z.string(),
    subject: z.string().meta({ description: 'Like `candidate:<id>`.' }),
    cause: z.enum(ERASURE_CAUSES),
    erasedAt: z.iso.datetime(),
    removed: z
      .record(z.string(), z.int())
      .meta({ description: 'Number of documents removed, or cleared of personal data, by collection.' }),
    madeInLever: z.array(z.string()).optional().meta({
      description:
        'Opportunities of the person that were created in Lever by calls already in progress when the erasure was accepted. Delete them in Lever. Absent if there are none.',
    }),
  })
  .meta({ id: 'Erasure', description: 'The receipt of an erasure. It contains no personal data.' })

export type ErasureView = z.output<typeof ErasureView>

/** Returns receipts, newest first. Only completed erasures have one, because only they contain no personal data. */
export async function listErasures(organization: string, request: PageRequest): Promise<Page<ErasureView>> {
  return page(ErasureModel, { organization, status: 'done' }, request, (erasure) => erasureView(erasure))
}

function erasureView({ _id, candidate, cause, erasedAt, createdAt, removed, madeInLever }: ErasureDocument): ErasureView {
  return {
    id: _id.toHexString(),
    subject: `candidate:${String(candidate)}`,
    cause,
    erasedAt: (erasedAt ?? createdAt).toISOString(),
    removed: Object.fromEntries(removed.map(({ from, documents }) => [from, documents])),
    ...(madeInLever?.length ? { madeInLever } : {}),
  }
}

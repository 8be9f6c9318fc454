import { z } from 'zod'
import type { Lane, LeverClient } from './client.ts'
import { envelope, filledText, leverId, reference, text, texts, time } from './lenient.ts'
import { leverPath } from './lever-path.ts'

const Categories = z
  .object({ location: filledText, team: filledText, department: filledText, commitment: filledText, allLocations: texts })
  .nullable()
  .catch(null)

/** Flattened from Lever's shape; `urls` is null for drafts (recorded answer). */
export const LeverPostingSchema = z
  .object({
    id: leverId,
    text,
    state: text,
    categories: Categories,
    owner: reference,
    hiringManager: reference,
    tags: texts,
    /** Lever's deprecated single code. */
    reqCode: filledText,
    requisitionCodes: texts,
    distributionChannels: texts,
    confidentiality: text,
    urls: z.object({ show: text }).nullable().catch(null),
    createdAt: time,
    updatedAt: time,
  })
  .transform(({ categories, owner, hiringManager, reqCode, requisitionCodes, urls, ...rest }) => ({
    ...rest,
    location: categories?.location ?? null,
    /** Every location of the posting; an opportunity's location must be one of them. */
    locations: categories?.allLocations ?? [],
    team: categories?.team ?? null,
    department: categories?.department ?? null,
    commitment: categories?.commitment ?? null,
    owner: owner?.id ?? null,
    hiringManager: hiringManager?.id ?? null,
    requisitionCodes: requisitionCodes.length > 0 || reqCode === null ? requisitionCodes : [reqCode],
    /** The public page of the job. */
    url: urls?.show ?? null,
  }))
export type LeverPosting = z.output<typeof LeverPostingSchema>

/** By default, Lever shows only non-confidential records; requesting others without the grant is 403. */
export type ConfidentialityFilter = 'non-confidential' | 'confidential' | 'all'

/** Yields postings in every state, newest first. */
export function listPostings(
  client: LeverClient,
  filters: { confidentiality?: ConfidentialityFilter; updatedAtStart?: number; lane?: Lane } = {},
): AsyncIterable<LeverPosting> {
  const { confidentiality, updatedAtStart, lane } = filters
  const query = { confidentiality, updated_at_start: updatedAtStart }
  return client.list(leverPath`/postings`, { query, item: LeverPostingSchema, ...(lane ? { lane } : {}) })
}

/** @throws LeverCallError with status 404 (or 403) if the posting is unknown or confidential */
export async function getPosting(client: LeverClient, id: string): Promise<LeverPosting> {
  return (await client.get(leverPath`/postings/${id}`, { schema: envelope(LeverPostingSchema) })).data
}

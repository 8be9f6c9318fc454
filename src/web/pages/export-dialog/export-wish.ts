import { z } from 'zod'
import { ON_DUPLICATE } from '../../../export/export-model.ts'
import { plainText } from '../../api/request-fields.ts'
import { CandidatesFilter } from '../candidates/candidates-filter.ts'

const LeverId = z.string().trim().max(100).optional().transform((id) => (id === '' ? undefined : id)) // prettier-ignore
export const Ids = z.union([z.string(), z.array(z.string())]).transform((given) => [given].flat())
export const ManyIds = z.string().transform((text) => text.split(',').filter(Boolean))

/**
 * The target, and the candidates for the dialog: `one` candidate, or the ids selected on this page (`id`) and on others (`chosen`), or with
 * `all` every candidate that matches the list's search.
 */
export const ChosenQuery = z
  .object({
    id: Ids.optional(),
    chosen: ManyIds.optional(),
    one: z.string().optional(),
    all: z.string().optional(),
    ...CandidatesFilter.shape,
    postingId: LeverId,
    requisitionId: LeverId,
  })
  .transform(({ id = [], chosen = [], one, all, q, project, exported, sort, ...target }) => ({
    candidateIds: one === undefined ? [...new Set([...id, ...chosen])] : [one],
    matching: one === undefined && all !== undefined ? { filters: { q, project, exported }, order: sort } : null,
    ...target,
  }))

/** The dialog's form. */
export const ExportForm = z
  .object({
    candidateIds: ManyIds.transform((ids) => [...new Set(ids)]),
    postingId: LeverId,
    requisitionId: LeverId,
    onDuplicate: z.enum(ON_DUPLICATE).default('stop'),
    note: z.union([z.literal('').transform(() => undefined), plainText(10_000)]).optional(),
    /** Id of the rendered form, so that a double click sends it once. */
    once: z.string().max(100).optional(),
    /** The job search text, without a script. */
    jobSearch: z.string().max(200).optional(),
  })
  .refine(({ candidateIds, note }) => note === undefined || candidateIds.length < 2, {
    path: ['note'],
    message: 'is allowed for a single candidate only',
  })
  .transform(({ note, ...form }) => ({ ...form, note }))

export interface ExportWishes {
  candidateIds: string[]
  postingId?: string | undefined
  requisitionId?: string | undefined
  onDuplicate?: (typeof ON_DUPLICATE)[number] | undefined
  note?: string | undefined
  jobSearch?: string | undefined
  once?: string | undefined
}

import { z } from 'zod'
import { ON_DUPLICATE } from '../../export/export-model.ts'
import { plainText } from '../api/plain-text.ts'

/** A page of checkboxes, and what of other pages was chosen before. */
export const MOST_AT_ONCE = 100

const LeverId = z.string().trim().max(100).optional().transform((id) => (id === '' ? undefined : id)) // prettier-ignore
const Ids = z.union([z.string(), z.array(z.string())]).transform((given) => [...new Set([given].flat())])

/** The address of the dialog: who is chosen (`one`, or each `id`), and where to. */
export const ChosenQuery = z
  .object({
    id: Ids.optional().catch(undefined),
    one: z.string().optional().catch(undefined),
    postingId: LeverId.catch(undefined),
    requisitionId: LeverId.catch(undefined),
  })
  .transform(({ id = [], one, ...target }) => ({ candidateIds: one === undefined ? id : [one], ...target }))

/** The dialog's form. */
export const ExportForm = z
  .object({
    candidateIds: z.string().transform((text) => [...new Set(text.split(',').filter(Boolean))]),
    postingId: LeverId,
    requisitionId: LeverId,
    onDuplicate: z.enum(ON_DUPLICATE).default('stop'),
    note: z.union([z.literal('').transform(() => undefined), plainText(10_000)]).optional(),
    /** What a job was searched for, without a script. */
    jobSearch: z.string().max(200).optional(),
  })
  .transform(({ note, ...form }) => ({ ...form, note }))

export interface ExportWishes {
  candidateIds: string[]
  postingId?: string | undefined
  requisitionId?: string | undefined
  onDuplicate?: (typeof ON_DUPLICATE)[number] | undefined
  note?: string | undefined
  jobSearch?: string | undefined
}

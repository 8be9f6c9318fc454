/** Bodies of posting writes, and the resulting fields (Lever's API documentation). */
import { z } from 'zod'
import type { PostingFields } from '../actions/change-posting.ts'
import { DISTRIBUTION_CHANNELS, POSTING_STATES, SalaryRange, WORKPLACE_TYPES, type Posting } from '../account/records.ts'
import { activeUser, parseBody, type ApiCall } from './endpoint.ts'
import { badRequest } from './lever-error.ts'
import { plainBody } from './request-body.ts'

const category = z.string().nullish()

const ChangedPosting = z.object({
  text: z.string().min(1).optional(),
  state: z.enum(POSTING_STATES).optional(),
  distributionChannels: z.array(z.enum(DISTRIBUTION_CHANNELS)).nullish(),
  owner: z.string().nullish(),
  hiringManager: z.string().nullish(),
  categories: z
    .object({
      team: category,
      department: category,
      location: category,
      commitment: category,
      level: category,
      allLocations: z.array(z.string()).optional(),
    })
    .optional(),
  tags: z.array(z.string()).optional(),
  content: z
    .object({
      descriptionHtml: z.string().optional(),
      lists: z.array(z.object({ text: z.string(), content: z.string() })).optional(),
      closingHtml: z.string().optional(),
    })
    .optional(),
  workplaceType: z.enum(WORKPLACE_TYPES).optional(),
  requisitionCodes: z.array(z.string()).optional(),
  salaryRange: SalaryRange.optional(),
  salaryDescription: z.string().optional(),
  salaryDescriptionHtml: z.string().optional(),
  confidentiality: z.literal('non-confidential', 'cannot be confidential through the API').optional(),
})
const NewPosting = ChangedPosting.extend({ text: z.string().min(1) })

export interface PostingInput {
  fields: PostingFields
  /** undefined leaves them unchanged */
  requisitionCodes: string[] | undefined
}

/** @throws LeverError 400 */
export function newPostingInput(call: ApiCall): PostingInput & { fields: { text: string } } {
  const { text, ...others } = parseBody(NewPosting, plainBody(call.body))
  const { fields, requisitionCodes } = inputFrom(call, others, EMPTY)
  return { fields: { ...fields, text }, requisitionCodes }
}

/** @throws LeverError 400 */
export function changedPostingInput(call: ApiCall, posting: Posting): PostingInput {
  return inputFrom(call, parseBody(ChangedPosting, plainBody(call.body)), posting)
}

const EMPTY: Pick<Posting, 'categories' | 'content'> = {
  categories: { commitment: null, department: null, level: null, location: null, team: null, allLocations: [] },
  content: { description: '', descriptionHtml: '', lists: [], closing: '', closingHtml: '' },
}

function inputFrom(call: ApiCall, body: z.infer<typeof ChangedPosting>, before: typeof EMPTY): PostingInput {
  const { requisitionCodes, confidentiality: _, categories, content, ...plain } = body
  for (const field of ['owner', 'hiringManager'] as const) if (plain[field]) activeUser(call.world, plain[field], field)
  const fields = {
    ...withoutUndefined(plain),
    ...(categories ? { categories: mergedCategories(before.categories, categories) } : {}),
    ...(content ? { content: mergedContent(before.content, content) } : {}),
  }
  return { fields, requisitionCodes }
}

type Categories = Posting['categories']

/** A team belongs to a department (a client's experience). */
function mergedCategories(before: Categories, given: NonNullable<z.infer<typeof ChangedPosting>['categories']>): Categories {
  const merged: Categories = { ...before, ...withoutUndefined(given) }
  if (given.team && !merged.department) throw badRequest('categories: a team needs its department')
  if (given.allLocations === undefined && given.location !== undefined) merged.allLocations = given.location ? [given.location] : []
  return merged
}

type Content = Posting['content']

function mergedContent(before: Content, given: NonNullable<z.infer<typeof ChangedPosting>['content']>): Content {
  const merged: Content = { ...before, ...withoutUndefined(given) }
  return { ...merged, description: plainText(merged.descriptionHtml), closing: plainText(merged.closingHtml) }
}

function plainText(html: string): string {
  return html === '' ? '' : `${html.replaceAll(/<[^<>]*>/g, '')}\n`
}

function withoutUndefined<T extends object>(record: T): { [Key in keyof T]: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as never
}

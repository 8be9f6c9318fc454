/** The body of `POST /opportunities`, from JSON or from a form in any notation that clients are known to use. */
import { z } from 'zod'
import { Origin } from '../account/records.ts'
import type { Answers } from '../answers.ts'
import { parseBody } from './endpoint.ts'
import { badRequest } from './lever-error.ts'
import { plainBody, type RequestBody, type UploadedFile } from './request-body.ts'

const ms = z.coerce.number().int()
const words = z.array(z.string())

const OpportunityInput = z.object({
  name: z.string().nullish(),
  headline: z.string().nullish(),
  location: z.string().nullish(),
  stage: z.string().nullish(),
  phones: z.array(z.object({ value: z.string(), type: z.string().nullish() })).default([]),
  emails: words.default([]),
  links: words.default([]),
  tags: words.default([]),
  sources: words.default([]),
  origin: Origin.optional(),
  owner: z.string().nullish(),
  followers: words.default([]),
  postings: words.default([]),
  createdAt: ms.nullish(),
  archived: z.object({ archivedAt: ms.nullish(), reason: z.string().nullish() }).nullish(),
  contact: z.string().nullish(),
  opportunityLocation: z.string().nullish(),
})
export type OpportunityInput = z.infer<typeof OpportunityInput>

export interface OpportunityUpload {
  input: OpportunityInput
  resume: UploadedFile | null
  files: UploadedFile[]
}

/** @throws LeverError 400 */
export function readOpportunityInput(body: RequestBody, names: Answers['formNames']): OpportunityUpload {
  if (body.kind !== 'form') return { input: parseBody(OpportunityInput, plainBody(body)), resume: null, files: [] }
  const resume = body.files.find(([name]) => name === 'resumeFile' || name === 'resume')?.[1] ?? null
  const files = body.files.filter(([name]) => /^files?(\[\d*\])?$/.test(name)).map(([, file]) => file)
  return { input: parseBody(OpportunityInput, formFields(body.fields.filter(([name]) => isRead(name, names)))), resume, files }
}

/** True if a form field of this name is read: the names of lists and objects in forms are not documented. */
function isRead(name: string, names: Answers['formNames']): boolean {
  const base = name.split('[')[0] ?? ''
  if (names === 'all' || (!LISTS.has(base) && base !== 'phones')) return true
  return name.includes('[') === (names === 'bracketed')
}

const LISTS = new Set(['emails', 'links', 'tags', 'sources', 'followers', 'postings'])

/**
 * Parses form fields: lists as repeated `emails`, `emails[]`, `emails[0]` or one `emails` with a JSON array; `posting` for `postings`;
 * `phones[]` as JSON; nested names as `phones[0][value]` and `archived[reason]`.
 */
function formFields(fields: [name: string, value: string][]): Record<string, unknown> {
  const read: Record<string, unknown> = {}
  const phones = new Map<string, Record<string, string>>()
  const wholePhones: unknown[] = []
  for (const [name, value] of fields) {
    const [base = '', first, second] = name.split(/\]?\[/).map((part) => part.replace(/\]$/, ''))
    const field = base === 'posting' ? 'postings' : base
    if (LISTS.has(field)) read[field] = [...((read[field] as string[] | undefined) ?? []), ...listValues(value)]
    else if (field === 'phones' && second) phones.set(first ?? '', { ...phones.get(first ?? ''), [second]: value })
    else if (field === 'phones') wholePhones.push(parseJson(value))
    else if (field === 'archived')
      read['archived'] = first ? { ...(read['archived'] as object | undefined), [first]: value } : parseJson(value)
    else read[field] = value
  }
  const allPhones = [...wholePhones.flat(), ...phones.values()]
  return allPhones.length === 0 ? read : { ...read, phones: allPhones }
}

/** A tag may begin with a bracket without being a list. */
function listValues(value: string): string[] {
  const parsed = z.array(z.string()).safeParse(value.startsWith('[') ? jsonOf(value) : undefined)
  return parsed.success ? parsed.data : [value]
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function parseJson(text: string): unknown {
  const parsed = jsonOf(text)
  if (parsed === undefined) throw badRequest(`${text} is not JSON`)
  return parsed
}

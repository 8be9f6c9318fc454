/** A posting's application form, for job boards: its questions, and applying (Lever's API documentation). */
import { z } from 'zod'
import { createOpportunity } from '../actions/create-opportunity.ts'
import { storeFile } from '../actions/store-file.ts'
import type { Upload } from '../account/history-records.ts'
import type { Application, Posting, Submission } from '../account/records.ts'
import type { World } from '../world.ts'
import { applyFormJson } from './apply-form.ts'
import { ok, parseBody, type ApiAnswer, type ApiCall, type Endpoint } from './endpoint.ts'
import { badRequest } from './lever-error.ts'
import { postingOf } from './posting-of.ts'
import { plainBody } from './request-body.ts'

const PATH = '/postings/:id/apply'

export const applyEndpoints: Endpoint[] = [
  {
    method: 'GET',
    path: PATH,
    permission: 'Retrieve posting application questions',
    scope: 'postings:read:admin',
    handle: (call) => ok(applyFormJson(postingOf(call))),
  },
  { method: 'POST', path: PATH, permission: 'Apply to a posting', scope: 'postings:write:admin', handle: apply },
]

const Named = z.array(z.object({ name: z.string(), value: z.string().nullish() })).default([])
const ApplyBody = z.object({
  personalInformation: Named,
  urls: Named,
  customQuestions: z.array(z.object({ id: z.string(), fields: z.array(z.object({ value: z.unknown() })) })).default([]),
  eeoResponses: z.record(z.string(), z.string()).default({}),
  ipAddress: z.string().nullish(),
  source: z.string().nullish(),
  createdAt: z.number().int().nullish(),
})
type ApplyBody = z.infer<typeof ApplyBody>

/** The answer has only the id of the application (recorded). */
function apply(call: ApiCall): ApiAnswer {
  const { world } = call
  const posting = postingOf(call)
  if (posting.state !== 'published' && posting.state !== 'internal') throw badRequest(`The posting is ${posting.state}`)
  const body = parseBody(ApplyBody, plainBody(call.body))
  if (body.createdAt && body.createdAt > world.now()) throw badRequest('createdAt must be in the past')
  const person = new Map(body.personalInformation.map(({ name, value }) => [name, value?.trim() || null]))
  const submission = submissionFrom(world, posting, body, person)
  const resume = person.get('resume') ? uploadAt(world, person.get('resume') ?? '') : null
  const { opportunity } = createOpportunity(world, applicant(posting, submission, body, person), null)
  if (resume) storeFile(world, opportunity, 'resume', fileOf(resume), null)
  const { id } = opportunity.application as Application
  return { status: 201, body: { data: { applicationId: id } }, effectId: id }
}

/** An application to an unlisted posting has the origin internal (recorded). */
function applicant(
  posting: Posting,
  submission: Submission,
  body: ApplyBody,
  person: Map<string, string | null>,
): Parameters<typeof createOpportunity>[1] {
  const company = submission.company ?? ''
  return {
    name: submission.name,
    headline: company,
    location: person.get('currentLocation') ?? '',
    stage: 'applicant-new',
    phones: submission.phone ? [{ type: null, value: submission.phone }] : [],
    emails: [submission.email],
    links: submission.links,
    tags: [],
    sources: [body.source ?? 'Job site'],
    origin: posting.state === 'internal' ? 'internal' : 'applied',
    owner: posting.owner,
    followers: [],
    posting,
    createdAt: body.createdAt ?? null,
    archived: null,
    contact: null,
    opportunityLocation: null,
    submission,
  }
}

function submissionFrom(world: World, posting: Posting, body: ApplyBody, person: Map<string, string | null>): Submission {
  const [name, email] = [person.get('fullName'), person.get('email')]
  if (!name) throw badRequest('personalInformation: fullName is required')
  if (!email?.includes('@')) throw badRequest('personalInformation: email is required')
  return {
    name,
    email,
    phone: person.get('phone') ?? null,
    company: person.get('currentCompany') ?? null,
    links: body.urls.flatMap(({ value }) => value || []),
    comments: person.get('additionalInformation') ?? null,
    customQuestions: posting.customQuestions.map((question) => answered(question, body)),
    ipAddress: body.ipAddress ?? null,
    eeo: body.eeoResponses,
    eeoRespondedAt: world.now(),
  }
}

/** Answers come in the order of the questions. */
function answered(question: Posting['customQuestions'][number], body: ApplyBody): object {
  const given = body.customQuestions.find(({ id }) => id === question.id)?.fields ?? []
  const fields = question.fields.map((field, at) => {
    const value = given[at]?.value ?? null
    if (field.required && value === null) throw badRequest(`customQuestions: ${field.text} is required`)
    return { ...field, value }
  })
  return { ...question, fields }
}

/** @throws LeverError 400 if it has expired or never existed */
function uploadAt(world: World, uri: string): Upload {
  const upload = world.account.uploads.get(uri.split('/').at(-1) ?? '')
  if (!upload || upload.expiresAt <= world.now()) throw badRequest('personalInformation: the resume was not found')
  return upload
}

function fileOf(upload: Upload): Parameters<typeof storeFile>[3] {
  return { name: upload.filename, contentType: upload.contentType, bytes: Buffer.from(upload.content, 'base64') }
}

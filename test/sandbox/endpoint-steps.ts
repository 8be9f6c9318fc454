/** A walk over every endpoint of the API, with the shape of each answer. */
import { DOCUMENTED, RECORDED_HIRING } from './recorded-hiring-shapes.ts'
import { RECORDED } from './recorded-shapes.ts'

/** A call to an endpoint. The steps are ordered so that each finds what it needs: later steps can use the ids of earlier answers. */
export interface Step {
  at: string
  /** `rec`: a real answer was recorded; `doc`: known from Lever's API documentation only */
  known: 'rec' | 'doc'
  /** after the path */
  query?: string
  body?: unknown
  status?: number
  shape?: unknown
  /** only a person can create one */
  empty?: true
  /** name under which later steps find the id in the answer */
  as?: string
}

const one = (data: unknown): unknown => ({ data })
const list = (item: unknown): unknown => ({ data: [item], hasNext: false })

function form(name: string, content: string): FormData {
  const data = new FormData()
  data.set('file', new File([content], name, { type: 'application/pdf' }))
  return data
}

const INTERVIEW = { date: 1_783_260_000_000, duration: 60, interviewers: [{ id: '{ana}' }], subject: 'Technical', note: 'First' }
const REQUISITION = { requisitionCode: 'WALK-1', name: 'Walked Role', headcountTotal: 1, employmentStatus: 'full-time', location: 'Remote' }
const TEMPLATE = { text: 'Template', fields: [{ type: 'score-system', text: 'Rating', required: true }] }
const APPLICANT = {
  personalInformation: [
    { name: 'fullName', value: 'Ada Applicant' },
    { name: 'email', value: 'ada.applicant@example.test' },
  ],
}
const AS_ANA = '?perform_as={ana}'
const HERE = '/opportunities/{opportunity}'
const MONTH = `?deleted_at_start=${Date.now() - 86_400_000}&deleted_at_end=${Date.now() + 86_400_000}`

export function steps(): Step[] {
  return [...companySteps(), ...jobSteps(), ...candidacySteps(), ...belongingSteps(), ...partingSteps()]
}

function companySteps(): Step[] {
  return [
    { at: 'GET /users', known: 'rec', shape: list(RECORDED.user) },
    { at: 'POST /users', known: 'rec', body: { name: 'N', email: 'n@acme.example' }, status: 201, shape: one(RECORDED.user), as: 'user' },
    { at: 'GET /users/{user}', known: 'rec', shape: one(RECORDED.user) },
    {
      at: 'PUT /users/{user}',
      known: 'rec',
      body: { name: 'M', email: 'm@acme.example', accessRole: 'admin' },
      shape: one(RECORDED.user),
    },
    { at: 'POST /users/{user}/deactivate', known: 'rec', shape: one(RECORDED.user) },
    { at: 'POST /users/{user}/reactivate', known: 'rec', shape: one(RECORDED.user) },
    { at: 'GET /audit_events', known: 'doc', shape: list(DOCUMENTED.auditEvent) },
    { at: 'GET /stages', known: 'rec', shape: list(RECORDED.stage) },
    { at: 'GET /stages/{stage}', known: 'doc', shape: one(RECORDED.stage) },
    { at: 'GET /disposition_stages', known: 'rec', shape: one(RECORDED.dispositionStages) },
    { at: 'GET /archive_reasons', known: 'rec', shape: list(RECORDED.archiveReason) },
    { at: 'GET /archive_reasons/{reason}', known: 'rec', shape: one(RECORDED.archiveReason) },
    { at: 'GET /sources', known: 'rec', shape: list(RECORDED.source) },
    { at: 'GET /tags', known: 'rec', shape: list(RECORDED.source) },
    { at: 'GET /feedback_templates', known: 'rec', shape: list(RECORDED_HIRING.feedbackTemplate) },
    {
      at: 'POST /feedback_templates',
      known: 'rec',
      body: TEMPLATE,
      status: 201,
      shape: one(RECORDED_HIRING.feedbackTemplate),
      as: 'template',
    },
    { at: 'PUT /feedback_templates/{template}', known: 'rec', body: TEMPLATE, shape: one(RECORDED_HIRING.feedbackTemplate) },
    { at: 'GET /feedback_templates/{template}', known: 'rec', shape: one(RECORDED_HIRING.feedbackTemplate) },
    { at: 'GET /form_templates', known: 'doc', shape: list(DOCUMENTED.formTemplate) },
    { at: 'POST /form_templates', known: 'doc', body: TEMPLATE, status: 201, shape: one(DOCUMENTED.formTemplate), as: 'formTemplate' },
    { at: 'PUT /form_templates/{formTemplate}', known: 'doc', body: TEMPLATE, shape: one(DOCUMENTED.formTemplate) },
    { at: 'GET /form_templates/{formTemplate}', known: 'doc', shape: one(DOCUMENTED.formTemplate) },
  ]
}

function jobSteps(): Step[] {
  const dropdown = { id: 'cities', text: 'Cities', type: 'dropdown', options: [{ id: 'c1', text: 'Toronto' }] }
  return [
    { at: 'GET /postings', known: 'rec', shape: list(RECORDED.posting) },
    { at: 'GET /postings/deleted', known: 'rec', shape: list(DOCUMENTED.deletedPosting), empty: true },
    { at: 'GET /postings/{posting}', known: 'rec', shape: one(RECORDED.posting) },
    { at: 'POST /postings', known: 'doc', query: AS_ANA, body: { text: 'New' }, status: 201, shape: one(RECORDED.posting), as: 'draft' },
    { at: 'POST /postings/{draft}', known: 'rec', query: AS_ANA, body: { text: 'Newer' }, shape: one(RECORDED.posting) },
    { at: 'PUT /postings/{draft}', known: 'doc', query: AS_ANA, body: { text: 'Newest' }, shape: one(RECORDED.posting) },
    { at: 'GET /postings/{posting}/users', known: 'rec', shape: RECORDED_HIRING.postingUsers },
    { at: 'GET /postings/{posting}/apply', known: 'rec', shape: one(RECORDED_HIRING.applyForm) },
    { at: 'POST /postings/{posting}/apply', known: 'rec', body: APPLICANT, status: 201, shape: one(RECORDED_HIRING.applied) },
    { at: 'GET /eeo/responses', known: 'rec', shape: list(RECORDED_HIRING.anonymousEeo) },
    { at: 'GET /eeo/responses/pii', known: 'rec', shape: list(RECORDED_HIRING.personalEeo) },
    { at: 'GET /requisition_fields', known: 'rec', shape: { data: [RECORDED_HIRING.requisitionField] } },
    { at: 'POST /requisition_fields', known: 'doc', body: dropdown, status: 201, shape: one(DOCUMENTED.dropdown), as: 'field' },
    { at: 'GET /requisition_fields/{field}', known: 'doc', shape: one(DOCUMENTED.dropdown) },
    { at: 'PUT /requisition_fields/{field}', known: 'doc', body: dropdown, shape: one(DOCUMENTED.dropdown) },
    {
      at: 'POST /requisition_fields/{field}/options',
      known: 'doc',
      body: { values: [{ text: 'Halifax' }] },
      shape: one(DOCUMENTED.dropdown),
    },
    {
      at: 'PUT /requisition_fields/{field}/options',
      known: 'doc',
      body: { values: [{ id: 'c1', text: 'Oslo' }] },
      shape: one(DOCUMENTED.dropdown),
    },
    { at: 'DELETE /requisition_fields/{field}/options', known: 'doc', body: { values: ['c1'] }, status: 204 },
    { at: 'DELETE /requisition_fields/{field}', known: 'doc', status: 204 },
    { at: 'GET /requisitions', known: 'rec', query: '?requisition_code=ENG-7', shape: list(RECORDED.requisition) },
    {
      at: 'POST /requisitions',
      known: 'rec',
      body: REQUISITION,
      status: 201,
      shape: one(RECORDED_HIRING.writtenRequisition),
      as: 'requisition',
    },
    { at: 'PUT /requisitions/{requisition}', known: 'rec', body: REQUISITION, shape: one(RECORDED_HIRING.writtenRequisition) },
    { at: 'GET /requisitions/{requisition}', known: 'rec', shape: one(RECORDED.requisition) },
    { at: 'DELETE /requisitions/{requisition}', known: 'rec', status: 204 },
  ]
}

function candidacySteps(): Step[] {
  const words = (what: string, list_: string): Step => ({
    at: `POST ${HERE}/${what}`,
    known: what.startsWith('add') ? 'rec' : 'doc',
    body: { [list_]: ['x'] },
    shape: one(RECORDED.writtenOpportunity),
  })
  return [
    {
      at: 'POST /opportunities',
      known: 'rec',
      query: AS_ANA,
      body: { name: 'Walked', emails: ['walked@example.test'], postings: ['{posting}'] },
      status: 201,
      shape: { deduped: false, data: RECORDED.writtenOpportunity },
      as: 'opportunity',
    },
    { at: 'GET /opportunities', known: 'rec', query: '?email=walked@example.test', shape: list(RECORDED.opportunity) },
    { at: `GET ${HERE}`, known: 'rec', shape: one(RECORDED.opportunity) },
    { at: `PUT ${HERE}/stage`, known: 'rec', body: { stage: 'lead-reached-out' }, shape: one(RECORDED.writtenOpportunity) },
    { at: `PUT ${HERE}/archived`, known: 'rec', body: { reason: '{reason}' }, shape: one(RECORDED.writtenOpportunity) },
    words('addLinks', 'links'),
    words('removeLinks', 'links'),
    words('addTags', 'tags'),
    words('removeTags', 'tags'),
    words('addSources', 'sources'),
    words('removeSources', 'sources'),
    { at: `GET ${HERE}/applications`, known: 'doc', shape: list(RECORDED.application), as: 'application' },
    { at: `GET ${HERE}/applications/{application}`, known: 'rec', shape: one(RECORDED.application) },
    { at: 'GET /contacts/{contact}', known: 'rec', shape: one(RECORDED.contact) },
    { at: 'PUT /contacts/{contact}', known: 'rec', body: { headline: 'Staff' }, shape: one(RECORDED.writtenContact) },
    { at: 'GET /opportunities/deleted', known: 'rec', shape: list(DOCUMENTED.deletedOpportunity) },
    { at: 'GET /applications/deleted', known: 'rec', query: MONTH, shape: list(DOCUMENTED.deletedApplication) },
    { at: `POST ${HERE}/notes`, known: 'rec', body: { value: 'Asked' }, status: 201, shape: one(RECORDED.createdNote), as: 'note' },
    { at: `GET ${HERE}/notes`, known: 'doc', shape: list(RECORDED.note) },
    { at: `GET ${HERE}/notes/{note}`, known: 'rec', shape: one(RECORDED.note) },
    { at: `PUT ${HERE}/notes/{note}`, known: 'doc', body: { values: [{ value: 'Answered' }] }, shape: one({ noteId: 'n' }) },
    { at: `DELETE ${HERE}/notes/{note}`, known: 'rec', status: 204 },
  ]
}

function belongingSteps(): Step[] {
  const panel = { timezone: 'UTC', interviews: [INTERVIEW] }
  return [
    { at: `POST ${HERE}/panels`, known: 'rec', query: AS_ANA, body: panel, status: 201, shape: one(RECORDED.panel), as: 'panel' },
    { at: `GET ${HERE}/panels`, known: 'rec', shape: list(RECORDED.panel) },
    { at: `GET ${HERE}/panels/{panel}`, known: 'doc', shape: one(RECORDED.panel) },
    { at: `PUT ${HERE}/panels/{panel}`, known: 'doc', query: AS_ANA, body: panel, shape: one(RECORDED.panel) },
    { at: `GET ${HERE}/interviews`, known: 'doc', shape: list(RECORDED.interview), as: 'interview' },
    { at: `GET ${HERE}/interviews/{interview}`, known: 'rec', shape: one(RECORDED.interview) },
    { at: `PUT ${HERE}/interviews/{interview}`, known: 'rec', query: AS_ANA, body: INTERVIEW, shape: one(RECORDED.interview) },
    {
      at: `POST ${HERE}/interviews`,
      known: 'doc',
      query: AS_ANA,
      body: { ...INTERVIEW, panel: '{panel}' },
      status: 201,
      shape: one(RECORDED.interview),
    },
    {
      at: `POST ${HERE}/feedback`,
      known: 'rec',
      query: AS_ANA,
      body: { baseTemplateId: '{template}', panel: '{panel}', interview: '{interview}' },
      status: 201,
      shape: one(RECORDED_HIRING.feedback),
      as: 'feedback',
    },
    { at: `GET ${HERE}/feedback`, known: 'doc', shape: list(RECORDED_HIRING.feedback) },
    {
      at: `PUT ${HERE}/feedback/{feedback}`,
      known: 'rec',
      query: AS_ANA,
      body: { completedAt: 1 },
      shape: one(RECORDED_HIRING.writtenFeedback),
    },
    { at: `DELETE ${HERE}/feedback/{feedback}`, known: 'rec', query: AS_ANA, status: 204 },
    { at: `GET ${HERE}/feedback/{feedback}`, known: 'rec', shape: one(RECORDED_HIRING.feedback) },
    { at: `DELETE ${HERE}/interviews/{interview}`, known: 'rec', query: AS_ANA, status: 204 },
    { at: `DELETE ${HERE}/panels/{panel}`, known: 'doc', query: AS_ANA, status: 204 },
    {
      at: `POST ${HERE}/forms`,
      known: 'doc',
      body: { baseTemplateId: '{formTemplate}' },
      status: 201,
      shape: one(DOCUMENTED.form),
      as: 'form',
    },
    { at: `GET ${HERE}/forms`, known: 'doc', shape: list(DOCUMENTED.form) },
    { at: `GET ${HERE}/forms/{form}`, known: 'doc', shape: one(DOCUMENTED.form) },
    { at: 'GET /opportunities/{referred}/referrals', known: 'rec', shape: list(DOCUMENTED.referral) },
    { at: 'GET /opportunities/{referred}/referrals/{referral}', known: 'doc', shape: one(DOCUMENTED.referral) },
    { at: 'GET /opportunities/{offered}/offers', known: 'doc', shape: list(DOCUMENTED.offer) },
    { at: 'GET /opportunities/{offered}/offers/{offer}/download', known: 'doc', query: '?status=signed' },
  ]
}

function partingSteps(): Step[] {
  const resume = new FormData()
  resume.set('name', 'Résumé')
  resume.set('resumeFile', new File(['%PDF-1.4'], 'resume.pdf', { type: 'application/pdf' }))
  const hook = { url: 'https://app.example.test/hooks', event: 'candidateHired' }
  return [
    {
      at: `POST ${HERE}/files`,
      known: 'doc',
      query: AS_ANA,
      body: form('f.pdf', 'x'),
      status: 201,
      shape: one(DOCUMENTED.file),
      as: 'file',
    },
    { at: `GET ${HERE}/files`, known: 'doc', shape: list(DOCUMENTED.file) },
    { at: `GET ${HERE}/files/{file}`, known: 'doc', shape: one(DOCUMENTED.file) },
    { at: `GET ${HERE}/files/{file}/download`, known: 'doc' },
    { at: `DELETE ${HERE}/files/{file}`, known: 'doc', query: AS_ANA, status: 204 },
    { at: `GET ${HERE}/file_actions`, known: 'rec', shape: list(DOCUMENTED.fileAction) },
    { at: 'POST /uploads', known: 'doc', body: form('u.pdf', 'x'), status: 201, shape: one(DOCUMENTED.upload) },
    { at: 'POST /opportunities', known: 'rec', query: AS_ANA, body: resume, status: 201, as: 'withResume' },
    { at: 'GET /opportunities/{withResume}/resumes', known: 'rec', shape: list(DOCUMENTED.resume), as: 'resume' },
    { at: 'GET /opportunities/{withResume}/resumes/{resume}', known: 'doc', shape: one(DOCUMENTED.resume) },
    { at: 'GET /opportunities/{withResume}/resumes/{resume}/download', known: 'doc' },
    { at: 'POST /webhooks', known: 'rec', body: hook, status: 201, shape: one(RECORDED.createdWebhook), as: 'webhook' },
    { at: 'GET /webhooks', known: 'rec', shape: { data: [RECORDED.webhook] } },
    { at: 'PUT /webhooks', known: 'doc', body: { data: [{ id: '{webhook}', url: hook.url }] }, shape: { data: [RECORDED.webhook] } },
    { at: 'DELETE /webhooks/{webhook}', known: 'rec', status: 204 },
    { at: 'DELETE /feedback_templates/{template}', known: 'rec', status: 204 },
    { at: 'DELETE /form_templates/{formTemplate}', known: 'doc', status: 204 },
  ]
}

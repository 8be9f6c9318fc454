/** Applicants' answers about gender, race and veteran status, anonymous or with personal data (recorded answers). */
import type { Application, Opportunity, Submission } from '../account/records.ts'
import { inRange, type ApiAnswer, type ApiCall, type Endpoint } from './endpoint.ts'
import { pageOf } from './paging.ts'

export const eeoEndpoints: Endpoint[] = [
  {
    method: 'GET',
    path: '/eeo/responses',
    permission: 'List all anonymous EEO responses',
    scope: 'eeo_responses:read:admin',
    handle: (call) => list(call, anonymousJson),
  },
  {
    method: 'GET',
    path: '/eeo/responses/pii',
    permission: 'List all EEO responses with PII',
    scope: 'eeo_responses_pii:read:admin',
    handle: (call) => list(call, personalJson),
  },
]

type Applied = Opportunity & { application: Application & { submission: Submission } }

/** Latest first. Confidential candidacies are left out (assumed). */
function list(call: ApiCall, render: (call: ApiCall, opportunity: Applied) => unknown): ApiAnswer {
  const within = inRange(call.query, 'created_at')
  const applied = [...call.world.account.opportunities.values()].filter(
    (opportunity): opportunity is Applied =>
      Boolean(opportunity.application?.submission) &&
      opportunity.confidentiality === 'non-confidential' &&
      (within?.(opportunity.application?.createdAt ?? null) ?? true),
  )
  const latestFirst = applied.toSorted((a, b) => b.application.createdAt - a.application.createdAt || (a.id < b.id ? -1 : 1))
  return pageOf(
    call,
    latestFirst,
    ({ application }) => [application.createdAt, application.id],
    (opportunity) => render(call, opportunity),
  )
}

function anonymousJson({ world }: ApiCall, { application, stage }: Applied): Record<string, unknown> {
  return {
    applicationArchivedAt: application.archived?.archivedAt ?? null,
    applicationArchivedBy: null,
    applicationArchiveReason: application.archived?.reason ?? null,
    applicationTitle: world.account.postings.get(application.posting)?.text ?? null,
    appliedAt: application.createdAt,
    currentStage: stage,
    ...application.submission.eeo,
  }
}

function personalJson(call: ApiCall, opportunity: Applied): Record<string, unknown> {
  const { application, archived } = opportunity
  const hired = call.world.account.archiveReasons.find(({ id }) => id === archived?.reason)?.type === 'hired'
  return {
    id: application.id,
    ...anonymousJson(call, opportunity),
    applicationId: application.id,
    contact: opportunity.contact,
    eeoResponseSource: 'api',
    eeoSurveyRespondedAt: application.submission.eeoRespondedAt,
    hiredDate: hired ? (archived?.archivedAt ?? null) : null,
    hiringManager: application.postingHiringManager,
    opportunityId: opportunity.id,
    opportunityOwner: opportunity.owner,
    origin: opportunity.origin,
    posting: application.posting,
    sources: opportunity.sources,
  }
}

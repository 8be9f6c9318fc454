import { msParameter, ok, type ApiAnswer, type ApiCall, type Endpoint } from './endpoint.ts'
import { badRequest, notFound } from './lever-error.ts'
import { opportunityOf } from './opportunity-of.ts'
import { applicationJson } from './opportunity-shape.ts'
import { pageOf } from './paging.ts'

const READ = 'applications:read:admin'
const LIST = 'List all opportunity applications'

export const applicationEndpoints: Endpoint[] = [
  { method: 'GET', path: '/applications/deleted', permission: LIST, scope: READ, handle: listDeleted },
  { method: 'GET', path: '/opportunities/:id/applications', permission: LIST, scope: READ, handle: listApplications },
  {
    method: 'GET',
    path: '/opportunities/:id/applications/:application',
    permission: 'Retrieve a single opportunity application',
    scope: READ,
    handle: oneApplication,
  },
]

const MOST_DELETED_MS = 30 * 86_400_000

/** Both bounds must be given, at most 30 days apart (Lever's API documentation). */
function listDeleted(call: ApiCall): ApiAnswer {
  const [start, end] = [msParameter(call.query, 'deleted_at_start'), msParameter(call.query, 'deleted_at_end')]
  if (start === null || end === null) throw badRequest('deleted_at_start and deleted_at_end are required')
  if (end - start > MOST_DELETED_MS) throw badRequest('deleted_at_start and deleted_at_end must be at most 30 days apart')
  const deleted = call.world.account.deletedApplications.filter(({ deletedAt }) => deletedAt >= start && deletedAt <= end)
  return pageOf(
    call,
    deleted,
    ({ id, deletedAt }) => [deletedAt, id],
    (application) => application,
  )
}

function listApplications(call: ApiCall): ApiAnswer {
  const opportunity = opportunityOf(call)
  const applications = opportunity.application ? [opportunity.application] : []
  return pageOf(
    call,
    applications,
    (application) => [application.id],
    (application) => applicationJson(opportunity, application),
  )
}

function oneApplication(call: ApiCall): ApiAnswer {
  const opportunity = opportunityOf(call)
  const { application } = opportunity
  if (!application || application.id !== call.params['application']) throw notFound('applications', call.params['application'] ?? '')
  return ok(applicationJson(opportunity, application))
}

import type { Registry } from 'prom-client'
import type { CandidateDocument } from '../candidates/candidate-model.ts'
import type { Parts, ServiceOptions } from './parts.ts'
import type { Log } from '../log.ts'
import { apiKeyEndpoints } from '../web/api/api-keys.ts'
import { auditEventEndpoints } from '../web/api/audit-events.ts'
import { candidateTimelineEndpoints } from '../web/api/candidate-timeline.ts'
import { candidateEndpoints } from '../web/api/candidates.ts'
import { candidateImportEndpoints } from '../web/api/candidate-imports.ts'
import { connectionEndpoints } from '../web/api/connection.ts'
import { conversationEndpoints } from '../web/api/conversations.ts'
import type { Endpoint } from '../web/api/endpoint.ts'
import { erasureEndpoints } from '../web/api/erasures.ts'
import { exportBatchEndpoints } from '../web/api/export-batches.ts'
import { exportRuleEndpoints } from '../web/api/export-rules.ts'
import { exportEndpoints } from '../web/api/exports.ts'
import { leverDataEndpoints } from '../web/api/lever-data.ts'
import { organizationEndpoints } from '../web/api/organizations.ts'
import { resumeEndpoints } from '../web/api/resumes.ts'
import { signInLinkEndpoints } from '../web/api/sign-in-links.ts'
import { userMappingEndpoints } from '../web/api/user-mappings.ts'
import { userEndpoints } from '../web/api/users.ts'
import { webhookDeliveryEndpoints } from '../web/api/webhook-deliveries.ts'
import { webhookIntake, webhookIntakePaths } from '../web/api/webhook-intake.ts'
import { guardEndpoints, guardPages } from '../web/guard-feature.ts'
import { createApp, createHealthApp, type HealthAppOptions, type Site } from '../web/app.ts'
import { createIdempotency } from '../web/api/idempotency.ts'
import { apiKeysRoutes } from '../web/pages/api-keys/api-keys-routes.tsx'
import { atsRoutes } from '../web/pages/ats/ats-routes.tsx'
import { atsActivateRoutes } from '../web/pages/ats/activate/ats-activate-routes.tsx'
import { atsSettingsRoutes } from '../web/pages/ats/settings/ats-settings-routes.tsx'
import { atsUsersRoutes } from '../web/pages/ats/users/ats-users-routes.tsx'
import { atsWebhooksRoutes } from '../web/pages/ats/webhooks/ats-webhooks-routes.tsx'
import { activityRoutes } from '../web/pages/activity/activity-routes.tsx'
import { candidateRoutes } from '../web/pages/candidates/candidate-routes.tsx'
import { exportBatchesRoutes } from '../web/pages/exports/export-batches-routes.tsx'
import { exportRulesRoutes } from '../web/pages/export-rules/export-rules-routes.tsx'
import { exportDialogRoutes, exportProgressRoutes } from '../web/pages/export-dialog/export-dialog-routes.tsx'
import { exportBlockerFinder } from '../web/pages/export-dialog/export-blocker.ts'
import { exportsRoutes } from '../web/pages/exports/exports-routes.tsx'
import { importRoutes } from '../web/pages/import/import-routes.tsx'
import { leverCallbackRoutes } from '../web/pages/ats/authorize/lever-callback-routes.tsx'
import { peopleRoutes } from '../web/pages/people/people-routes.tsx'
import type { ClosedBy } from '../web/shell/until-open.ts'
import { createSignInFailures } from '../web/shell/sign-in-failures.ts'
import type { SamplePerson } from '../web/pages/sign-in/sign-in-page.tsx'

export interface WebDeps {
  parts: Parts
  options: ServiceOptions
  log: Log
  registry: Registry
  readiness: () => Promise<string[]>
  closedBy: ClosedBy
}

/** Returns the site of a process: everything, or only the health routes for a process without the `web` role. */
export function composeWeb({ parts, options, log, registry, readiness, closedBy }: WebDeps): Site {
  const { publicUrl, operatorApiKey, trustedProxies } = options
  const failures = createSignInFailures(parts.sealer)
  const health: HealthAppOptions = {
    log,
    registry,
    readiness,
    publicUrl,
    operatorApiKey,
    trustedProxies,
    failures,
    authUrl: options.lever.authUrl,
  }
  if (!options.roles.includes('web')) return createHealthApp(health)
  const findExportBlocker = exportBlockerFinder(parts)
  const idempotency = createIdempotency({ sealer: parts.sealer, hashKeyOf: parts.accounts.hashKeyOf, operatorApiKey })
  return createApp({
    ...health,
    closedBy,
    accounts: parts.accounts,
    openId: parts.openId,
    candidatesPage: { list: parts.candidates.list, findIds: parts.candidates.findIds, findExportBlocker },
    sealer: parts.sealer,
    endpoints: endpointsOf(parts),
    intakes: [webhookIntake({ webhooks: parts.webhooks, trustedProxies })],
    intakePaths: webhookIntakePaths,
    pages: [
      leverCallbackRoutes({ connections: parts.connections, accounts: parts.accounts }),
      atsRoutes(parts),
      atsWebhooksRoutes(parts),
      atsUsersRoutes(parts),
      atsActivateRoutes(parts),
      atsSettingsRoutes(parts),
      peopleRoutes({ accounts: parts.accounts, idempotency }),
      apiKeysRoutes({ accounts: parts.accounts, idempotency }),
      exportDialogRoutes({ ...parts, findExportBlocker, idempotency }),
      guardPages('export', parts.connections, [
        ...exportProgressRoutes({ ...parts, findExportBlocker, idempotency }),
        ...exportBatchesRoutes(parts),
        ...exportRulesRoutes(parts),
        ...exportsRoutes(parts),
      ]),
      importRoutes(parts),
      activityRoutes(parts),
      candidateRoutes({ ...parts, findExportBlocker }),
    ],
    ...(options.samplePeople ? { samplePeople: () => samplePeopleOf(parts.accounts) } : {}),
  })
}

function endpointsOf(parts: Parts): Endpoint[] {
  const { accounts, connections, mirror, candidates } = parts
  return [
    ...organizationEndpoints(parts),
    ...userEndpoints({ accounts }),
    ...apiKeyEndpoints({ accounts }),
    ...signInLinkEndpoints({ accounts }),
    ...connectionEndpoints({ connections }),
    ...userMappingEndpoints({ mappings: parts.mappings }),
    ...leverDataEndpoints({
      mirror,
      async findCandidate(organization, id) {
        const found = await candidates.find(organization, id)
        return found && { emails: found.emails, links: found.links, ...idsInLever(found) }
      },
    }),
    ...candidateEndpoints({ candidates }),
    ...candidateTimelineEndpoints(parts),
    ...resumeEndpoints({ resumes: parts.resumes, candidates }),
    ...candidateImportEndpoints({ candidates }),
    ...guardEndpoints('export', connections, [
      ...exportEndpoints({ exports: parts.exports, candidates }),
      ...exportBatchEndpoints({ exports: parts.exports }),
      ...exportRuleEndpoints({ exports: parts.exports }),
    ]),
    ...guardEndpoints('conversations', connections, conversationEndpoints({ conversations: parts.conversations })),
    ...webhookDeliveryEndpoints({ webhooks: parts.webhooks }),
    ...erasureEndpoints(parts),
    ...auditEventEndpoints(parts),
  ]
}

function idsInLever({ lever }: Pick<CandidateDocument, 'lever'>): { opportunityId: string | null; contactId: string | null } {
  return { opportunityId: lever?.opportunityId ?? null, contactId: lever?.contactId ?? null }
}

async function samplePeopleOf({ samplePeople }: Parts['accounts']): Promise<SamplePerson[]> {
  return (await samplePeople()).map(({ id, ...person }) => ({ ...person, personId: id }))
}

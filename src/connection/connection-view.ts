import { z } from 'zod'
import { webhookUrlOf, type ConnectionContext } from './connection-context.ts'
import { CONNECTION_STATUSES, NOTE_LANGUAGES, NOTE_MODES, REVOCATION_CAUSES, type ConnectionDocument } from './connection-model.ts'
import { BUILT_FEATURES, type BuiltFeature, type Feature } from './features.ts'
import { getConnection } from './find-connection.ts'
import { lackedBy, recommendedEvents, seesConfidential } from './lever-access.ts'
import { hasSignatureToken, MISSING, missingOf, shownStatus, warningsOf } from './readiness.ts'
import { NEVER_SYNCED, SyncView } from './sync-view.ts'
import { labelOf, WEBHOOK_EVENTS, type WebhookEvent } from './webhook-events.ts'

const time = z.string().meta({ format: 'date-time' })
const maybeTime = time.nullable()

const AuthView = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('oauth'),
    scopes: z.array(z.string()),
    authorizedBy: z.string(),
    authorizedAt: time,
    accessTokenExpiresAt: maybeTime,
  }),
  z.object({
    kind: z.literal('apiKey'),
    lastFour: z.string(),
    addedBy: z.string(),
    addedAt: time,
    confidential: z.boolean().meta({ description: 'Whether the key shows confidential records.' }),
  }),
])

const WebhookView = z.object({
  event: z.enum(WEBHOOK_EVENTS as readonly [WebhookEvent, ...WebhookEvent[]]),
  label: z.string().meta({ description: "The label on Lever's settings page." }),
  recommended: z.boolean(),
  configured: z.boolean().meta({ description: 'Whether a signature token is saved, so that deliveries can be checked.' }),
  createdBy: z.enum(['lever-api', 'hand']).nullable(),
  lastVerifiedAt: maybeTime,
  lastReceivedAt: maybeTime,
  lastRefusedAt: maybeTime.meta({
    description:
      'When a delivery was last refused because its signature did not match. Null after a good delivery, and after another signature token is saved.',
  }),
  held: z.number().int().meta({ description: 'Number of deliveries waiting for a signature token.' }),
  missed: z
    .number()
    .int()
    .meta({ description: 'Number of changes that were found by reading Lever, without a delivery, since the connection was made.' }),
})

const FeatureView = z.object({
  feature: z.enum(BUILT_FEATURES),
  granted: z
    .boolean()
    .meta({ description: 'Whether Lever has granted everything that the feature needs. Only then does the feature work.' }),
  missing: z.array(z.string()).meta({ description: 'Scopes that the authorization lacks, or permissions that the API key lacks.' }),
})

const Findings = z.int().min(0)

const ExportAuditView = z.object({
  comparedAt: z.string().meta({
    format: 'date-time',
    description: 'Start of the last hourly comparison of exports with the opportunities in Lever that have our source.',
  }),
  doubles: Findings.meta({
    description: 'Duplicates: opportunities in Lever besides the one that an export created. All three counts cover the last 30 days.',
  }),
  strangers: Findings.meta({ description: 'Opportunities with our source that no export created.' }),
  losses: Findings.meta({ description: 'Opportunities that an export created, that Lever no longer has and that no one deleted there.' }),
})

/** An organization's Lever account in API form. It never contains secrets. */
export const ConnectionView = z
  .object({
    status: z.enum(CONNECTION_STATUSES),
    revokedBecause: z.enum(REVOCATION_CAUSES).nullable().meta({
      description:
        'Why the status is `revoked`: Lever refused a refresh, a refresh was interrupted and the new tokens were lost (`refresh_lost`), Lever gave no refresh token, or Lever refused a new access token or the API key twice.',
    }),
    environment: z.enum(['production', 'sandbox', 'local']),
    auth: AuthView.nullable(),
    apiHost: z.string().nullable().meta({
      description: 'Address to which Lever has permanently redirected the API of this account; null for the usual address.',
    }),
    webhookUrl: z.string(),
    webhooksByHand: z
      .boolean()
      .meta({ description: 'True if Lever does not let this account use the Webhooks API: create its webhooks by hand.' }),
    webhooks: z.array(WebhookView),
    mapping: z.object({ mapped: z.number().int(), active: z.number().int() }),
    readyToActivate: z.boolean(),
    missing: z.array(z.enum(MISSING)),
    warnings: z.array(z.string()),
    features: z.array(FeatureView).meta({ description: 'The features in `settings.features`. Empty before Lever is connected.' }),
    authorizationNeeded: z.boolean().meta({
      description:
        'Whether the features need more than Lever has granted. If so, authorize again or use another API key. No stored data is lost.',
    }),
    settings: z.object({
      sourceName: z.string(),
      defaultStageId: z.string().nullable(),
      performAsFallback: z.string().nullable(),
      exportUnsuccessful: z.boolean(),
      features: z.array(z.enum(BUILT_FEATURES)).meta({ description: 'The features in use.' }),
      eraseWhenDeletedInLever: z.boolean(),
      noteMode: z.enum(NOTE_MODES).meta({ description: 'One note for each quiet period, or one note per conversation that is updated.' }),
      noteSecret: z.boolean(),
      noteLanguage: z.enum(NOTE_LANGUAGES),
      noteTimeZone: z.string(),
    }),
    exportAudit: ExportAuditView.nullable().meta({
      description: 'Null before the first comparison, which starts within an hour of activation.',
    }),
    sync: SyncView,
  })
  .meta({ id: 'Connection' })
export type ConnectionView = z.output<typeof ConnectionView>

/** @throws ServiceError `not_found` for an unknown organization */
export async function describeConnection(context: ConnectionContext, organization: string): Promise<ConnectionView> {
  const { sourceName } = await context.accounts.getOrganization(organization)
  const connection = await getConnection(organization)
  const [mapping, held, warnings, audit, sync] = await Promise.all([
    context.neighbours.readMappingCounts(organization),
    context.neighbours.heldCounts(connection),
    warningsOf(context, connection),
    context.neighbours.readExportAudit(organization),
    connection.status === 'disconnected' ? NEVER_SYNCED : context.neighbours.readSync(organization),
  ])
  const missing = missingOf(connection, mapping)
  const features = featureViews(connection)
  return {
    status: shownStatus(connection),
    revokedBecause: connection.status === 'revoked' ? (connection.revokedBecause ?? null) : null,
    environment: context.environment,
    auth: authView(connection),
    apiHost: hostOf(connection.leverApi?.url),
    webhookUrl: webhookUrlOf(context, connection),
    webhooksByHand: Boolean(connection.webhooksApiRefusedAt),
    webhooks: WEBHOOK_EVENTS.map((event) => webhookView(connection, event, held[event] ?? 0)),
    mapping: { mapped: mapping.mapped, active: mapping.active },
    readyToActivate: missing.length === 0,
    missing,
    warnings,
    features,
    authorizationNeeded: features.some(({ granted }) => !granted),
    settings: settingsView(connection, sourceName),
    exportAudit: audit && { ...audit, comparedAt: audit.comparedAt.toISOString() },
    sync,
  }
}

function featureViews(connection: ConnectionDocument): ConnectionView['features'] {
  if (connection.status === 'disconnected' || !connection.auth.kind) return []
  return builtOf(connection.settings.features).map((feature) => {
    const missing = lackedBy(feature, connection)
    return { feature, granted: missing.length === 0, missing }
  })
}

function builtOf(features: readonly Feature[]): BuiltFeature[] {
  return BUILT_FEATURES.filter((feature) => features.includes(feature))
}

function authView({ status, auth, grant }: ConnectionDocument): ConnectionView['auth'] {
  if (status === 'disconnected' || !auth.kind) return null
  if (auth.kind === 'apiKey') {
    const { lastFour, addedBy, addedAt } = auth
    return {
      kind: 'apiKey',
      lastFour: lastFour ?? '',
      addedBy: addedBy ?? '',
      addedAt: iso(addedAt) ?? '',
      confidential: seesConfidential(auth),
    }
  }
  return {
    kind: 'oauth',
    scopes: auth.scopes ?? [],
    authorizedBy: auth.authorizedBy ?? '',
    authorizedAt: iso(auth.authorizedAt) ?? '',
    accessTokenExpiresAt: iso(grant.accessTokenExpiresAt),
  }
}

function webhookView(connection: ConnectionDocument, event: WebhookEvent, held: number): ConnectionView['webhooks'][number] {
  const state = connection.webhooks[event]
  const configured = hasSignatureToken(connection, event)
  return {
    event,
    label: labelOf(event),
    recommended: recommendedEvents(connection.settings).includes(event),
    configured,
    createdBy: state?.api ? 'lever-api' : configured ? 'hand' : null,
    lastVerifiedAt: iso(state?.lastVerifiedAt),
    lastReceivedAt: iso(state?.lastReceivedAt),
    lastRefusedAt: configured ? iso(state?.lastRefusedAt) : null,
    held,
    missed: state?.missed?.total ?? 0,
  }
}

function settingsView({ settings }: ConnectionDocument, sourceName: string): ConnectionView['settings'] {
  return {
    sourceName,
    defaultStageId: settings.defaultStageId ?? null,
    performAsFallback: settings.performAsFallback ?? null,
    exportUnsuccessful: settings.exportUnsuccessful,
    features: builtOf(settings.features),
    eraseWhenDeletedInLever: settings.eraseWhenDeletedInLever,
    noteMode: settings.noteMode ?? 'perPause',
    noteSecret: settings.noteSecret ?? false,
    noteLanguage: settings.noteLanguage ?? 'en',
    noteTimeZone: settings.noteTimeZone ?? 'UTC',
  }
}

function hostOf(url: string | null | undefined): string | null {
  return url ? new URL(url).host : null
}

function iso(at: Date | null | undefined): string | null {
  return at?.toISOString() ?? null
}

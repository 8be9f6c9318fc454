import { model, Schema, type InferSchemaType, type Types } from 'mongoose'
import { DEFAULT_FEATURES, FEATURES, type Feature } from './features.ts'

export const CONNECTION_STATUSES = ['disconnected', 'configuring', 'active', 'paused', 'revoked'] as const
export type ConnectionStatus = (typeof CONNECTION_STATUSES)[number]

/** Why Lever no longer accepts a grant. `refresh_lost` means that a refresh was interrupted and its new pair was lost. */
export const REVOCATION_CAUSES = ['refresh_refused', 'refresh_lost', 'no_refresh_token', 'token_refused', 'key_refused'] as const
export type RevocationCause = (typeof REVOCATION_CAUSES)[number]

/** Writes one note per quiet period, or one note for the whole conversation that is rewritten in place. */
export const NOTE_MODES = ['perPause', 'perConversation'] as const
export const NOTE_LANGUAGES = ['en', 'es'] as const

const signatureTokenSchema = new Schema(
  { token: { type: String, required: true }, leverWebhookId: String, savedAt: { type: Date, required: true } },
  { _id: false },
)

const webhookSchema = new Schema(
  {
    /**
     * Sealed signature tokens, either of which is accepted. `api` belongs to the webhook that the service created
     * through Lever's API.
     */
    hand: signatureTokenSchema,
    api: signatureTokenSchema,
    lastVerifiedAt: Date,
    lastReceivedAt: Date,
    /** When a delivery was last refused for its signature. The next valid delivery or a new signature token unsets it. */
    lastRefusedAt: Date,
    /** See `MissedChanges`. */
    missed: { type: new Schema({ total: Number, silent: Number, lastAt: Date }, { _id: false }) },
  },
  { _id: false },
)

const connectionSchema = new Schema(
  {
    organization: { type: Schema.Types.ObjectId, required: true },
    /** The secret part of the webhook address. It never changes for an organization. */
    endpointKey: { type: String, required: true },
    status: { type: String, enum: CONNECTION_STATUSES, default: 'disconnected' },
    /** The `status` that a new authorization restores. */
    statusBeforeRevocation: { type: String, enum: ['configuring', 'active', 'paused'] },
    /** When the status or the grant changed so that recurring work must be scheduled; unset once it is (`unscheduled.ts`). */
    unscheduledSince: Date,
    /** Set while `status` is `revoked`. */
    revokedBecause: { type: String, enum: REVOCATION_CAUSES },
    auth: {
      kind: { type: String, enum: ['oauth', 'apiKey'] },
      scopes: { type: [String], default: undefined },
      /**
       * Scopes that are requested now but were not requested when this connection was authorized, and that the
       * features used at that time do not need.
       */
      waivedScopes: { type: [String], default: undefined },
      lastFour: String,
      /** The tested permissions of an API key, by result. Lever does not list a key's permissions. */
      permissions: { type: [String], default: undefined },
      lackedPermissions: { type: [String], default: undefined },
      /** True if an API key shows confidential records. An authorization has a scope for this instead. */
      confidential: Boolean,
      addedBy: String,
      authorizedBy: String,
      addedAt: Date,
      authorizedAt: Date,
    },
    /** The grant. `generation` rises with every new token pair or key, for compare-and-set. */
    grant: {
      generation: { type: Number, default: 0 },
      accessToken: String, // sealed
      refreshToken: String, // sealed
      apiKey: String, // sealed
      accessTokenExpiresAt: Date,
      obtainedAt: Date,
      /** When the access token is refreshed. Only grants by OAuth have it. */
      refreshAt: Date,
      /**
       * Who holds the lease on the refresh, and until when, by the database's clock. Only one refresh runs at a time.
       * Unset once a refresh has ended.
       */
      refreshLeaseUntil: Date,
      refreshLeaseHolder: String,
      /** A refresh of this generation got no answer. Lever may have issued a new pair, which is then lost. */
      unanswered: Boolean,
      /** The number of fresh access tokens that Lever refused in a row; 0 once a token has lasted. */
      refusals: { type: Number, default: 0 },
      /** The number of renewals in a row that a refusal caused while the token was fresh. */
      earlyRenewals: { type: Number, default: 0 },
      /** The key of the request budget. The same credential in two organizations shares one budget. */
      fingerprint: String,
    },
    /**
     * The Lever account, from the token's claim; unset without a claim. It survives a revocation; disconnecting
     * removes it.
     */
    leverAccountId: String,
    /** The address to which Lever has permanently redirected the API, and the configured address that was redirected. */
    leverApi: { type: new Schema({ configured: String, url: String }, { _id: false }) },
    /**
     * Set when Lever refused the Webhooks API, so this account creates its webhooks by hand. Unset once Lever allows
     * it.
     */
    webhooksApiRefusedAt: Date,
    /** Lever created an opportunity without the lists sent in a form, because it uses other names for them. */
    formsUnread: Boolean,
    /** Users of the account, which identify it if there is no claim. */
    knownLeverUserIds: { type: [String], default: [] },
    webhooks: { type: Map, of: webhookSchema, default: {} },
    /** Limits webhook provisioning to one run at a time. */
    provision: { leaseUntil: Date, leaseHolder: String },
    settings: {
      defaultStageId: { type: String, default: null },
      performAsFallback: { type: String, default: null },
      exportUnsuccessful: { type: Boolean, default: false },
      features: { type: [{ type: String, enum: FEATURES }], default: () => [...DEFAULT_FEATURES] },
      eraseWhenDeletedInLever: { type: Boolean, default: false },
      /** When the setting was switched on, by the database's clock; unset while it is off. */
      eraseWhenDeletedInLeverSince: Date,
      /** Applies to the notes written from conversations. */
      noteMode: { type: String, enum: NOTE_MODES, default: 'perPause' },
      noteSecret: { type: Boolean, default: false },
      noteLanguage: { type: String, enum: NOTE_LANGUAGES, default: 'en' },
      /** An IANA name. */
      noteTimeZone: { type: String, default: 'UTC' },
    },
  },
  { timestamps: true, collection: 'connections', minimize: false },
)
connectionSchema.index({ organization: 1 }, { unique: true })
connectionSchema.index({ endpointKey: 1 }, { unique: true })
connectionSchema.index({ status: 1, 'grant.accessTokenExpiresAt': 1 })
connectionSchema.index({ 'grant.refreshAt': 1 }, { partialFilterExpression: { 'grant.refreshAt': { $gt: new Date(0) } } })
connectionSchema.index({ unscheduledSince: 1 }, { partialFilterExpression: { unscheduledSince: { $gt: new Date(0) } } })

const listeners: (() => void)[] = []
connectionSchema.post(['updateOne', 'updateMany', 'findOneAndUpdate', 'deleteOne', 'deleteMany'], () => {
  for (const listener of listeners) listener()
})

/** Calls `listener` after each change of connections in this process, before the change's caller continues. */
export function afterConnectionChange(listener: () => void): void {
  listeners.push(listener)
}

export interface SignatureToken {
  token: string
  leverWebhookId?: string | null
  savedAt: Date
}

/** Changes that a sweep found before any delivery reported them, counted per event. */
export interface MissedChanges {
  /** Counts from the start of the connection. */
  total: number
  /** Counts from the last delivery of the event, and only changes later than it. */
  silent: number
  /** The time of the latest one, by Lever's clock. */
  lastAt: Date
}

export interface WebhookState {
  hand?: SignatureToken
  api?: SignatureToken
  lastVerifiedAt?: Date | null
  lastReceivedAt?: Date | null
  lastRefusedAt?: Date | null
  missed?: MissedChanges | null
}

type Stored = InferSchemaType<typeof connectionSchema>

/** The result of `getConnection`: maps are plain objects, and no part is missing. */
export type ConnectionDocument = Omit<Stored, 'auth' | 'grant' | 'webhooks' | 'settings'> & {
  _id: Types.ObjectId
  auth: NonNullable<Stored['auth']>
  grant: NonNullable<Stored['grant']>
  settings: Omit<NonNullable<Stored['settings']>, 'features'> & { features: Feature[] }
  webhooks: Partial<Record<string, WebhookState>>
}
export const ConnectionModel = model('Connection', connectionSchema)

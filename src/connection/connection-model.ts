import { model, Schema, type InferSchemaType, type Types } from 'mongoose'
import { DEFAULT_FEATURES, FEATURES, type Feature } from './features.ts'

export const CONNECTION_STATUSES = ['disconnected', 'configuring', 'active', 'paused', 'revoked'] as const
export type ConnectionStatus = (typeof CONNECTION_STATUSES)[number]

/** Why Lever no longer accepts a grant; `refresh_lost`: a refresh was cut short, and with it the pair that it had brought. */
export const REVOCATION_CAUSES = ['refresh_refused', 'refresh_lost', 'no_refresh_token', 'token_refused', 'key_refused'] as const
export type RevocationCause = (typeof REVOCATION_CAUSES)[number]

/** One note a quiet period, or one for the whole conversation, rewritten in place. */
export const NOTE_MODES = ['perPause', 'perConversation'] as const
export const NOTE_LANGUAGES = ['en', 'es'] as const

const signatureTokenSchema = new Schema(
  { token: { type: String, required: true }, leverWebhookId: String, savedAt: { type: Date, required: true } },
  { _id: false },
)

const webhookSchema = new Schema(
  {
    /** Sealed signature tokens; either fits. `api` is of the webhook we made through Lever's API. */
    hand: signatureTokenSchema,
    api: signatureTokenSchema,
    lastVerifiedAt: Date,
    lastReceivedAt: Date,
    /** When a delivery was last refused for its signature; unset by the next good one, and by a new signature token. */
    lastRefusedAt: Date,
    /** `MissedChanges` */
    missed: { type: new Schema({ total: Number, silent: Number, lastAt: Date }, { _id: false }) },
  },
  { _id: false },
)

const connectionSchema = new Schema(
  {
    organization: { type: Schema.Types.ObjectId, required: true },
    /** The secret part of the webhook address; stays for the organization's life. */
    endpointKey: { type: String, required: true },
    status: { type: String, enum: CONNECTION_STATUSES, default: 'disconnected' },
    /** What `status` goes back to after a new authorization. */
    statusBeforeRevocation: { type: String, enum: ['configuring', 'active', 'paused'] },
    /** Set while `status` is `revoked`. */
    revokedBecause: { type: String, enum: REVOCATION_CAUSES },
    auth: {
      kind: { type: String, enum: ['oauth', 'apiKey'] },
      scopes: { type: [String], default: undefined },
      /**
       * Scopes that are requested now but were not when this connection was authorized, and that the features used at that time do not
       * need.
       */
      waivedScopes: { type: [String], default: undefined },
      lastFour: String,
      /** Permissions of an API key that were tried, by result; Lever does not list them. */
      permissions: { type: [String], default: undefined },
      lackedPermissions: { type: [String], default: undefined },
      /** Whether an API key shows confidential records; an authorization has a scope for it. */
      confidential: Boolean,
      addedBy: String,
      authorizedBy: String,
      addedAt: Date,
      authorizedAt: Date,
    },
    /** The grant itself. `generation` rises with every new pair of tokens or key, for compare-and-set. */
    grant: {
      generation: { type: Number, default: 0 },
      accessToken: String, // sealed
      refreshToken: String, // sealed
      apiKey: String, // sealed
      accessTokenExpiresAt: Date,
      obtainedAt: Date,
      /** One refresh at a time: who holds the lease and until when, by the server's clock. Unset once a refresh has ended. */
      refreshLeaseUntil: Date,
      refreshLeaseHolder: String,
      /** A refresh of this generation got no answer: its pair may have been made, and is lost then. */
      unanswered: Boolean,
      /** Fresh access tokens that Lever refused one after another; 0 once a token has lasted. */
      refusals: { type: Number, default: 0 },
      /** Renewals in a row that a refusal brought about while the token before was fresh. */
      earlyRenewals: { type: Number, default: 0 },
      /** Keys the request budget: the same credential in two organizations shares one. */
      fingerprint: String,
    },
    /** Which Lever account this is: the token's claim, else unset; kept over revocation, dropped by disconnect. */
    leverAccountId: String,
    /** The address to which Lever has permanently redirected the API, and the configured address from which it did. */
    leverApi: { type: new Schema({ configured: String, url: String }, { _id: false }) },
    /** Lever refused the Webhooks API, so this account creates its webhooks by hand. Unset once Lever allows it. */
    webhooksApiRefusedAt: Date,
    /** Lever created an opportunity without the lists of a form: it uses other names for them. */
    formsUnread: Boolean,
    /** Users of that account, to know it again where there is no claim. */
    knownLeverUserIds: { type: [String], default: [] },
    webhooks: { type: Map, of: webhookSchema, default: {} },
    /** One provisioning of webhooks at a time. */
    provision: { leaseUntil: Date, leaseHolder: String },
    settings: {
      defaultStageId: { type: String, default: null },
      performAsFallback: { type: String, default: null },
      exportUnsuccessful: { type: Boolean, default: false },
      features: { type: [{ type: String, enum: FEATURES }], default: () => [...DEFAULT_FEATURES] },
      eraseWhenDeletedInLever: { type: Boolean, default: false },
      /** When the setting was switched on, by the database's clock; unset while it is off. */
      eraseWhenDeletedInLeverSince: Date,
      /** Of the notes that conversations become. */
      noteMode: { type: String, enum: NOTE_MODES, default: 'perPause' },
      noteSecret: { type: Boolean, default: false },
      noteLanguage: { type: String, enum: NOTE_LANGUAGES, default: 'en' },
      /** IANA name. */
      noteTimeZone: { type: String, default: 'UTC' },
    },
  },
  { timestamps: true, collection: 'connections', minimize: false },
)
connectionSchema.index({ organization: 1 }, { unique: true })
connectionSchema.index({ endpointKey: 1 }, { unique: true })
connectionSchema.index({ status: 1, 'grant.accessTokenExpiresAt': 1 })

export interface SignatureToken {
  token: string
  leverWebhookId?: string | null
  savedAt: Date
}

/** Changes of which a sweep learned before any delivery told of them, counted per event. */
export interface MissedChanges {
  /** Since the connection began. */
  total: number
  /** Since the last delivery of the event, of changes later than it. */
  silent: number
  /** The latest one, by Lever's clock. */
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

/** As `getConnection` gives it: maps are plain objects, and no part is missing. */
export type ConnectionDocument = Omit<Stored, 'auth' | 'grant' | 'webhooks' | 'settings'> & {
  _id: Types.ObjectId
  auth: NonNullable<Stored['auth']>
  grant: NonNullable<Stored['grant']>
  settings: Omit<NonNullable<Stored['settings']>, 'features'> & { features: Feature[] }
  webhooks: Partial<Record<string, WebhookState>>
}
export const ConnectionModel = model('Connection', connectionSchema)

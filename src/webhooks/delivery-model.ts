import { model, Schema, type InferSchemaType, type Types } from 'mongoose'
import { indexForFairClaims } from '../work/claim-fairly.ts'
import { workFields } from '../work/work-fields.ts'

export const DELIVERY_STATUSES = ['held', 'received', 'processed', 'ignored', 'failed'] as const
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number]

export const EFFECTS = [
  'mirrorUpdated',
  'mirrorWasNewer',
  'candidatesUpdated',
  'stageNoted',
  'archivedNoted',
  'unarchivedNoted',
  'interviewNoted',
  'deletionConfirmed',
  'candidatesUnlinked',
] as const
export type EffectName = (typeof EFFECTS)[number]

const effectSchema = new Schema(
  { effect: { type: String, enum: EFFECTS, required: true }, detail: { type: String, default: null } },
  { _id: false },
)
/** Statuses in which a delivery waits for nothing. */
export const ENDED = ['processed', 'ignored', 'failed'] as const satisfies readonly DeliveryStatus[]
/** Longer than a signature is accepted after its delivery was received (30 days and an hour), so that every repeat is still recognized. */
const KEPT_S = 40 * 86_400

/** Waits for a new authorization, for the end of a pause that Lever requested, or for Lever to list a deletion. */
export const DELIVERY_WAITS = ['authorization', 'lever', 'deletion'] as const
export type DeliveryWait = (typeof DELIVERY_WAITS)[number]

/** `step` is `process`, or `wait` with the reason for waiting as the outcome. */
const trySchema = new Schema({ at: Date, step: String, outcome: String, detail: String }, { _id: false })

const deliverySchema = new Schema(
  {
    ...workFields,
    organization: { type: Schema.Types.ObjectId, required: true },
    connection: { type: Schema.Types.ObjectId, required: true },
    event: { type: String, required: true },
    /** Lever's random `token` of the event; a repeat has the same one. */
    token: { type: String, required: true },
    leverId: String,
    triggeredAt: { type: Date, required: true },
    receivedAt: { type: Date, required: true },
    opportunityId: String,
    /** Time of the last replay. */
    openedAt: Date,
    status: { type: String, enum: DELIVERY_STATUSES, required: true },
    attempts: { type: Number, default: 0 },
    /** Each reading of Lever for this delivery, including replays; only the newest are kept. */
    tries: { type: [trySchema], default: [] },
    /** The effects of the latest reading. */
    effects: { type: [effectSchema], default: [] },
    error: { type: new Schema({ code: String, detail: String }, { _id: false }), default: null },
    /**
     * The body without its signature, as JSON text, so that the database never interprets its names; unset after 30 days. The keys below
     * stay for another ten, so that repeats are still recognized.
     */
    payload: String,
    /**
     * Keyed fingerprint of the accepted signature (`accepted-signatures.ts`). For deliveries that are accepted but not kept, it is all that
     * remains.
     */
    signatureKey: String,
    /** Set while the delivery is held: the signature to check, a fingerprint of the sender's address, and the body's size in bytes. */
    heldSignature: String,
    sender: String,
    bytes: Number,
    expiresAt: Date, // for held deliveries, and for signatures without a delivery
  },
  { collection: 'deliveries', minimize: false },
)
deliverySchema.index({ organization: 1, connection: 1, event: 1, token: 1 }, { unique: true }) // a repeat finds its first copy
deliverySchema.index(
  { organization: 1, connection: 1, signatureKey: 1 },
  // a signature is valid for one delivery only
  { name: 'acceptedSignatures', unique: true, partialFilterExpression: { signatureKey: { $exists: true } } },
)
deliverySchema.index({ status: 1, lane: 1, dueAt: 1 })
indexForFairClaims(deliverySchema)
deliverySchema.index({ organization: 1, _id: -1 })
deliverySchema.index({ organization: 1, _id: 1 }, { name: 'failed', partialFilterExpression: { status: 'failed' } })
deliverySchema.index(
  { organization: 1, connection: 1, status: 1, event: 1, sender: 1, bytes: 1, expiresAt: 1 },
  { name: 'heldByOrganization', partialFilterExpression: { status: 'held' } },
)
deliverySchema.index({ organization: 1, opportunityId: 1 }, { partialFilterExpression: { payload: { $exists: true } } })
deliverySchema.index({ receivedAt: 1 }, { name: 'payloads', partialFilterExpression: { payload: { $exists: true } } })
deliverySchema.index(
  { expiresAt: 1 },
  { name: 'heldExpiry', expireAfterSeconds: 0, partialFilterExpression: { expiresAt: { $exists: true } } },
)

deliverySchema.index(
  { receivedAt: 1 },
  { name: 'lifetime', expireAfterSeconds: KEPT_S, partialFilterExpression: { status: { $in: [...ENDED] } } },
)

export type DeliveryDocument = InferSchemaType<typeof deliverySchema> & { _id: Types.ObjectId }
export const DeliveryModel = model('Delivery', deliverySchema)

import { model, Schema } from 'mongoose'

/** The budget is forgotten after a week without a request: it would be full again anyway. */
const FORGET_AFTER_S = 7 * 86_400

/** Requests of one minute, for the chart: `minute` is whole minutes since the epoch. */
const minuteSchema = new Schema({ minute: Number, used: Number, throttled: Number }, { _id: false })

const leverBudgetSchema = new Schema(
  {
    /** Fingerprint of the credential. */
    _id: { type: String, required: true },
    /** GCRA's theoretical arrival time, ms since the epoch by the server's clock; fractional, so that any rate divides exactly. */
    tat: { type: Number, default: 0 },
    /** The latest reserved slot, and how many were reserved from there on; read back by the requester. */
    slot: { type: Number, default: 0 },
    granted: { type: Number, default: 1 },
    /** The latest slot reserved for background lanes. */
    backgroundSlot: { type: Number, default: 0 },
    pausedUntil: { type: Date, default: null },
    /** Increases with every pause, so that a process that slept towards a slot notices a pause in between. */
    pauses: { type: Number, default: 0 },
    /** At most the last 60. */
    minutes: { type: [minuteSchema], default: [] },
    touchedAt: Date,
  },
  { collection: 'lever_budgets', versionKey: false },
)
leverBudgetSchema.index({ touchedAt: 1 }, { expireAfterSeconds: FORGET_AFTER_S })

export const LeverBudgetModel = model('LeverBudget', leverBudgetSchema)

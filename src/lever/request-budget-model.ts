import { model, Schema } from 'mongoose'

/** A week without a request, and the budget is forgotten: it would be full again anyway. */
const FORGET_AFTER_S = 7 * 86_400

/** Requests of one minute, for the chart: `minute` is whole minutes since the epoch. */
const minuteSchema = new Schema({ minute: Number, used: Number, throttled: Number }, { _id: false })

const leverBudgetSchema = new Schema(
  {
    /** Fingerprint of the credential. */
    _id: { type: String, required: true },
    /** GCRA's theoretical arrival time, ms since the epoch by the server's clock; not whole, so that any rate divides well. */
    tat: { type: Number, default: 0 },
    /** The slot given last, and how many at once from there on; read back by the one who asked. */
    slot: { type: Number, default: 0 },
    granted: { type: Number, default: 1 },
    /** The one given last to the background. */
    backgroundSlot: { type: Number, default: 0 },
    pausedUntil: { type: Date, default: null },
    /** Rises with every pause, so that who slept towards a slot sees that one came in between. */
    pauses: { type: Number, default: 0 },
    /** At most the last 60. */
    minutes: { type: [minuteSchema], default: [] },
    touchedAt: Date,
  },
  { collection: 'lever_budgets', versionKey: false },
)
leverBudgetSchema.index({ touchedAt: 1 }, { expireAfterSeconds: FORGET_AFTER_S })

export const LeverBudgetModel = model('LeverBudget', leverBudgetSchema)

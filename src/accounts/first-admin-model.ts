import { model, Schema } from 'mongoose'

/** The id of the one document: of two who set up at once, one meets the other's write. */
export const FIRST_ADMIN = 'first admin'

const firstAdminSchema = new Schema(
  {
    _id: { type: String, required: true },
    /** Set-up links that were printed, the newest last: each process that starts makes its own. */
    links: [{ _id: false, tokenHash: { type: String, required: true }, expiresAt: { type: Date, required: true } }],
  },
  { collection: 'first_admin' },
)

/** There only until there is anybody. */
export const FirstAdminModel = model('FirstAdmin', firstAdminSchema)

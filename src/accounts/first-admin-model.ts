import { model, Schema } from 'mongoose'

/** The id of the only document. Two concurrent set-ups conflict on it. */
export const FIRST_ADMIN = 'first admin'

const firstAdminSchema = new Schema(
  {
    _id: { type: String, required: true },
    /** The printed set-up links, newest last. Each process creates its own when it starts. */
    links: [{ _id: false, tokenHash: { type: String, required: true }, expiresAt: { type: Date, required: true } }],
  },
  { collection: 'first_admin' },
)

/** Exists only until the first person exists. */
export const FirstAdminModel = model('FirstAdmin', firstAdminSchema)

import { model, Schema } from 'mongoose'

/**
 * One document per organization. Every import batch writes it first, so that two concurrent batches do not create the
 * same person twice.
 */
const importTurnSchema = new Schema(
  { organization: { type: Schema.Types.ObjectId, required: true }, turn: { type: Number, default: 0 } },
  { collection: 'candidate_import_turns' },
)
importTurnSchema.index({ organization: 1 }, { unique: true })

export const ImportTurnModel = model('CandidateImportTurn', importTurnSchema)

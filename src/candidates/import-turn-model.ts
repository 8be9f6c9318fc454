import { model, Schema } from 'mongoose'

/** One document an organization that every batch of an import writes first, so that two batches at once do not make one person twice. */
const importTurnSchema = new Schema(
  { organization: { type: Schema.Types.ObjectId, required: true }, turn: { type: Number, default: 0 } },
  { collection: 'candidate_import_turns' },
)
importTurnSchema.index({ organization: 1 }, { unique: true })

export const ImportTurnModel = model('CandidateImportTurn', importTurnSchema)

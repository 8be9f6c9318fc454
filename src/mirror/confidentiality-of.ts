import { isConfidential } from '../accounts/clearance.ts'
import { LeverOpportunityModel } from './lever-opportunity-model.ts'
import { LeverPostingModel, LeverRequisitionModel } from './lever-record-models.ts'

const MODELS = { opportunities: LeverOpportunityModel, postings: LeverPostingModel, requisitions: LeverRequisitionModel } as const

export type ConfidentialKind = keyof typeof MODELS

/** Whether each of these records is confidential as last seen in Lever, by id. Records that the mirror doesn't hold are left out. */
export async function confidentialityOf(
  organization: string,
  kind: ConfidentialKind,
  leverIds: Iterable<string>,
): Promise<ReadonlyMap<string, boolean>> {
  const ids = [...new Set(leverIds)]
  if (ids.length === 0) return new Map()
  const wanted = { organization, leverId: { $in: ids } }
  const fields = { _id: 0, leverId: 1, confidentiality: 1 }
  const found = await (MODELS[kind] as typeof LeverPostingModel)
    .find(wanted, fields)
    .lean<{ leverId: string; confidentiality?: string | null }[]>()
  return new Map(found.map((record) => [record.leverId, isConfidential(record)]))
}

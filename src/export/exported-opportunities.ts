import { ExportModel } from './export-model.ts'

/** Stores on the exports of an opportunity whether it is confidential now. May be repeated. */
export async function noteConfidentiality(organization: string, opportunityId: string, confidential: boolean): Promise<void> {
  await ExportModel.updateMany({ organization, opportunityId, confidential: { $ne: confidential } }, { $set: { confidential } })
}

/** Resolves to the opportunities that exports created or were linked to. */
export async function exportedAmong(organization: string, opportunityIds: readonly string[]): Promise<string[]> {
  const found = await ExportModel.distinct('opportunityId', { organization, opportunityId: { $in: [...opportunityIds] } })
  return found.filter((id) => typeof id === 'string')
}

/** Resolves to the ids of the candidates that were exported to the opportunity, including erased ones, because their exports remain. */
export async function exportedTo(organization: string, opportunityId: string): Promise<string[]> {
  return (await ExportModel.distinct('candidate', { organization, opportunityId })).map(String)
}

/** Resolves to the opportunities that exports know to be confidential, even if the mirror was deleted. */
export async function confidentialAmong(organization: string, opportunityIds: readonly string[]): Promise<string[]> {
  const found = await ExportModel.distinct('opportunityId', {
    organization,
    opportunityId: { $in: [...opportunityIds] },
    confidential: true,
  })
  return found.filter((id) => typeof id === 'string')
}

import { ExportModel } from './export-model.ts'

/** Keeps what Lever says now of the opportunity that exports stand for. May be repeated. */
export async function noteConfidentiality(organization: string, opportunityId: string, confidential: boolean): Promise<void> {
  await ExportModel.updateMany({ organization, opportunityId, confidential: { $ne: confidential } }, { $set: { confidential } })
}

/** Those of the opportunities that exports landed in. */
export async function exportedAmong(organization: string, opportunityIds: readonly string[]): Promise<string[]> {
  const found = await ExportModel.distinct('opportunityId', { organization, opportunityId: { $in: [...opportunityIds] } })
  return found.filter((id) => typeof id === 'string')
}

/** Ids of the candidates that were exported to the opportunity. Exports outlive an erased candidate. */
export async function exportedTo(organization: string, opportunityId: string): Promise<string[]> {
  return (await ExportModel.distinct('candidate', { organization, opportunityId })).map(String)
}

/** Those of the opportunities that exports know to be confidential; also where the mirror is gone. */
export async function confidentialAmong(organization: string, opportunityIds: readonly string[]): Promise<string[]> {
  const found = await ExportModel.distinct('opportunityId', {
    organization,
    opportunityId: { $in: [...opportunityIds] },
    confidential: true,
  })
  return found.filter((id) => typeof id === 'string')
}

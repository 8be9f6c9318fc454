import { ExportModel } from './export-model.ts'

/** Keeps what Lever says now of the opportunity that exports stand for. May be repeated. */
export async function noteConfidentiality(organization: string, opportunityId: string, confidential: boolean): Promise<void> {
  await ExportModel.updateMany({ organization, opportunityId, confidential: { $ne: confidential } }, { $set: { confidential } })
}

import { forgetHistory } from './forget-history.ts'
import { LeverOpportunityModel } from './lever-opportunity-model.ts'

/** Lever itself says that it was deleted: it is no duplicate of anybody any more, and what happened to it goes too. */
export async function forgetOpportunity(organization: string, leverId: string): Promise<void> {
  await LeverOpportunityModel.deleteOne({ organization, leverId })
  await forgetHistory(organization, [leverId])
}

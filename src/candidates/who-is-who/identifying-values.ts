import { personKeys } from '../../people/person-keys.ts'
import { recordKey, type CandidateData } from '../candidate-keys.ts'
import { searchForm } from '../search-form.ts'

/** The identifying values of a row or a candidate. */
export interface IdentifyingValues {
  externalId: string | null
  /** In the form in which names are compared. */
  name: string
  emails: readonly string[]
  profiles: readonly string[]
  /** The record key of all values. */
  record: string
}

export function identifyingValuesOf(data: CandidateData & { externalId?: string | null | undefined }): IdentifyingValues {
  return { externalId: data.externalId || null, name: searchForm(data.name ?? ''), ...personKeys(data), record: recordKey(data) }
}

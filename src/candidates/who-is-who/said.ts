import { personKeys } from '../../people/person-keys.ts'
import { recordKey, type CandidateData } from '../candidate-keys.ts'
import { searchForm } from '../search-form.ts'

/** What a row, or a candidate, says of who the person is. */
export interface Said {
  externalId: string | null
  /** In the form in which names compare. */
  name: string
  emails: readonly string[]
  profiles: readonly string[]
  /** Of all it says. */
  record: string
}

export function saidBy(data: CandidateData & { externalId?: string | null | undefined }): Said {
  return { externalId: data.externalId || null, name: searchForm(data.name ?? ''), ...personKeys(data), record: recordKey(data) }
}

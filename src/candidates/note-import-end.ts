import type { Log } from '../log.ts'

export interface ImportEnd {
  organization: string
  import: string
  outcome: 'finished' | 'failed'
  created: number
  updated: number
  /** The number of rejected rows. */
  rejected: number
  /** The error code of a failed import. */
  code?: string
}

export type NoteImportEnd = (end: ImportEnd) => void

/** Writes one log line and counts one metric for each import that has ended. Both contain only numbers and ids. */
export function importEndNoter(log: Log, observe: ((outcome: ImportEnd['outcome']) => void) | undefined): NoteImportEnd {
  return (end) => {
    observe?.(end.outcome)
    log.info(end, 'import ended')
  }
}

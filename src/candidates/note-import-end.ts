import type { Log } from '../log.ts'

export interface ImportEnd {
  organization: string
  import: string
  outcome: 'finished' | 'failed'
  created: number
  updated: number
  /** How many rows were not taken. */
  rejected: number
  /** Why it failed. */
  code?: string
}

export type NoteImportEnd = (end: ImportEnd) => void

/** One log line and one count for an import that has ended; numbers and ids alone. */
export function importEndNoter(log: Log, observe: ((outcome: ImportEnd['outcome']) => void) | undefined): NoteImportEnd {
  return (end) => {
    observe?.(end.outcome)
    log.info(end, 'import ended')
  }
}

/** A file as people really have it, and the right result in an organization without candidates. Everyone and every company is invented. */
export interface SampleFile {
  file: string | Buffer
  /** Everyone who is there afterwards, with all their values. */
  people: Person[]
  /** How many rows are about somebody of an earlier row; 0 unless given. */
  updated?: number
  /** Lines and messages; none unless given. */
  rejected?: Remark[]
  /** Lines and messages; none unless given. */
  warnings?: Remark[]
  /** None unless given. */
  ignoredColumns?: string[]
}

export type Remark = [line: number, message: string]

export interface Person {
  externalId?: string
  name: string
  headline?: string
  location?: string
  emails?: string[]
  /** `mobile +34600555001`, or the number alone if its type is not known. */
  phones?: string[]
  links?: string[]
  tags?: string[]
  summary?: string
  project?: string
  stage?: string
  profileUrl?: string
}

/** The files of one kind, by what is special about each. */
export type SampleFiles = Record<string, SampleFile>

export function lines(...rows: string[]): string {
  return `${rows.join('\n')}\n`
}

export const INCOMPLETE = 'The row is incomplete: at least one email or link is required.'

/** What recurs: a name that stays, since it is the key of the job's document, and a function that only finds work. */
export interface RecurringJob {
  readonly name: string
  readonly everyMs: number
  /** May run twice, late, or in two processes at once. */
  readonly run: () => Promise<void>
}

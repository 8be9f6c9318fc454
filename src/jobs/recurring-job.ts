/**
 * A recurring job: a function that only finds work, and a name that must not change, because it is the key of the
 * job's document.
 */
export interface RecurringJob {
  readonly name: string
  readonly everyMs: number
  /** May run twice, late, or in two processes at once. */
  readonly run: () => Promise<void>
}

import type { Log } from '../log.ts'
import type { SchemaLease } from './schema-state.ts'
import type { SchemaStep } from './schema-step.ts'
import { unlessAborted } from './unless-aborted.ts'

interface RunOptions {
  log: Log
  /** Aborted when the process stops. */
  signal: AbortSignal
  /** How many steps are due in all. */
  of: number
}

/** Of the documents that a step skips, the log names this many. */
const NAMED = 20

/** Returns a function that runs a step once, logs its progress, and stops it when the lease is lost or the process stops. */
export function stepRunner(lease: SchemaLease, { log, signal, of }: RunOptions): (step: SchemaStep) => Promise<void> {
  let done = 0
  return async ({ name, number, run }) => {
    await lease.write({ $set: { doing: name } })
    let skipped = 0
    const skip = (collection: string, id: unknown, error: unknown): void => {
      skipped += 1
      if (skipped <= NAMED)
        log.warn({ step: name, collection, document: String(id), fault: faultOf(error) }, 'migration skipped a document')
    }
    const ended = AbortSignal.any([lease.lost, signal])
    await unlessAborted(ended, () => run({ signal: ended, skip }))
    await lease.write({ $addToSet: { done: number } })
    done += 1
    log.info({ step: name, version: number, done, of, skipped }, 'migration step done')
  }
}

/** The kind of error without its message, which may quote the document. */
function faultOf(error: unknown): string {
  const { name, code } = error as { name?: string; code?: string | number }
  return code === undefined ? String(name) : `${name} ${code}`
}

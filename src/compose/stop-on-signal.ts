import type { Log } from '../log.ts'

/** Running work gets the grace time to end. After this additional time, the process ends in any case. */
const MARGIN_MS = 3000

/** Ctrl-C in a terminal sends two signals, from the terminal and from npm. Within this time, they count as one. */
const SAME_WISH_MS = 1000

const PARENT_LOOK_MS = 300

/**
 * On SIGTERM or SIGINT, stops once, then ends the process with 0. A later second signal, or a stop that hangs, ends it with 1.
 * `withParent`: also stops if npm has died, because npm may die of a SIGTERM without passing it on.
 */
export function stopOnSignal(stop: () => Promise<void>, options: { graceMs: number; log: Log; withParent: boolean }): void {
  let stoppingSince: number | undefined
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stoppingSince !== undefined) {
      if (performance.now() - stoppingSince > SAME_WISH_MS) process.exit(1)
      return
    }
    stoppingSince = performance.now()
    options.log.info({ signal }, 'stopping')
    setTimeout(() => process.exit(1), options.graceMs + MARGIN_MS).unref()
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        options.log.error({ err: error }, 'stopping failed')
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', onSignal)
  if (options.withParent) onParentGone(() => onSignal('SIGTERM'))
  process.on('SIGINT', onSignal)
}

function onParentGone(stop: () => void): void {
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    stop()
  }, PARENT_LOOK_MS)
  timer.unref()
}

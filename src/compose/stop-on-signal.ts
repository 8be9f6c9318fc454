import type { Log } from '../log.ts'

/** What runs gets the grace time; the rest of stopping gets this much more before the process ends regardless. */
const MARGIN_MS = 3000

/** A terminal's Ctrl-C reaches us twice, from the terminal and from npm: that is one wish. */
const SAME_WISH_MS = 1000

const PARENT_LOOK_MS = 300

/**
 * On SIGTERM or SIGINT stops once, then ends the process with 0; another signal later, or a stop that hangs, ends it with 1.
 * `withParent`: npm, seen to die of a SIGTERM without passing it on, takes this process with it all the same.
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

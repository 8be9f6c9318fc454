import type { Log } from './log.ts'

/** What runs gets the grace time; the rest of stopping gets this much more before the process ends regardless. */
const MARGIN_MS = 3000

/** A terminal's Ctrl-C reaches us twice, from the terminal and from npm: that is one wish. */
const SAME_WISH_MS = 1000

/** On SIGTERM or SIGINT stops once, then ends the process with 0; another signal later, or a stop that hangs, ends it with 1. */
export function stopOnSignal(stop: () => Promise<void>, options: { graceMs: number; log: Log }): void {
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
  process.on('SIGINT', onSignal)
}

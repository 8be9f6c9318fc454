import type { Log } from '../log.ts'
import { endQuiet } from './sync-schedule.ts'

/** An organization's use is noted this often at most, by each process. */
const NOTED_EVERY_MS = 60_000
/** When so many organizations are remembered, all are forgotten, which costs each of them one command. */
const MOST_REMEMBERED = 20_000

/**
 * Returns a function to call when somebody uses the lists of an organization, or when a webhook shows that something
 * happens there. The lists are then synced at the shortest interval again. Cheap enough to call for every read; it does
 * not wait, and a failure is only logged, because the next use repeats it.
 */
export function createUseNotes(log: Log): (organization: string) => void {
  const noted = new Map<string, number>()
  return (organization) => {
    const now = performance.now()
    if (now - (noted.get(organization) ?? -Infinity) < NOTED_EVERY_MS) return
    if (noted.size >= MOST_REMEMBERED) noted.clear()
    noted.set(organization, now)
    endQuiet(organization).catch((error: unknown) => {
      noted.delete(organization)
      log.warn({ organization, err: error }, 'the use of mirrored lists could not be noted')
    })
  }
}

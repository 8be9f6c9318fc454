import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

let base: string | undefined

/** A new empty folder, removed when the run ends. May be called in the body of a `describe`, whether or not its tests run. */
export function temporaryFolder(): string {
  if (!base) {
    const made = mkdtempSync(join(tmpdir(), 'fulcrum-folders-'))
    process.once('exit', () => rmSync(made, { recursive: true, force: true, maxRetries: 5 }))
    base = made
  }
  return mkdtempSync(join(base, 'folder-'))
}

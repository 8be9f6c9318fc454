import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A new empty folder for the tests of one `describe`; removed after them. Call it in the body of the `describe`. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'fulcrum-folder-'))
  after(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
  return folder
}

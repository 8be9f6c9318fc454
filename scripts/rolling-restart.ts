/**
 * `npm run rolling-restart [-- --from HEAD~1]`: two web and two worker processes of another commit are restarted, one after another, into
 * this checkout during exports, with old and new ones on the same database. Then the content of Lever is compared with the requests. Run it
 * before a release, and after any change to stored data. The other commit runs with the packages of this checkout. Exits 0 only if each
 * process exited 0 and every candidate is there once. Everything runs in a temporary folder and on loopback.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { readOptions } from './command-options.ts'
import { rollOver } from './chaos/roll-over.ts'

const ROOT = join(import.meta.dirname, '..')
const say = (line: string): void => void process.stdout.write(`${line}\n`)

const Options = z.object({ from: z.string().default('HEAD~1').describe('the commit that runs at first (HEAD~1)') })
const { from } = readOptions({
  name: 'rolling-restart',
  purpose: 'restarts processes of another commit into this checkout',
  options: Options,
})
const folder = mkdtempSync(join(tmpdir(), 'fulcrum-rolling-restart-'))
const before = checkOut(from, join(folder, 'before'))
say(`From ${from} to this checkout, logs in ${folder}`)
const { breaches, exitCodes, ...counts } = await rollOver({ before, folder, say })
say(JSON.stringify({ ...counts, exitCodes }))
for (const { what, ids, detail } of breaches) say(`${what}: ${ids.join(' ')} ${detail}`)
const isFine = breaches.length === 0 && exitCodes.every((code) => code === 0)
if (isFine) rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
say(isFine ? 'No duplicates, nothing lost.' : 'Some checks failed.')
process.exit(isFine ? 0 : 1)

/**
 * Checks out a commit and adds the packages of this checkout.
 * @returns the folder
 */
function checkOut(revision: string, into: string): string {
  mkdirSync(into)
  const archive = join(into, 'archive.tar')
  execFileSync('git', ['archive', '--format=tar', '-o', archive, revision], { cwd: ROOT })
  execFileSync('tar', ['-xf', archive, '-C', into])
  rmSync(archive)
  symlinkSync(join(ROOT, 'node_modules'), join(into, 'node_modules'))
  return into
}

/**
 * A file that says which running process holds something; it is free as soon as that process is gone. Plain JavaScript, since the bootstrap
 * uses it before any package is installed; the types are in lock-file.d.mts.
 */
import { link, mkdir, readFile, rmdir, stat, unlink, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Returns a readable reason why a folder cannot be written. `ENOENT` is Node's error for a folder that it cannot create on a read-only file
 * system.
 */
export function unwritableReason(code) {
  return code === 'EROFS' || code === 'ENOENT' ? 'read-only file system' : code
}

/** A takeover lasts milliseconds; one that is older than this was interrupted. */
const TAKEOVER_LIMIT_MS = 10_000

/**
 * Distinguishes a process from a later one with the same id: resolves to the ticks from boot to its start, and the boot. Null for a process
 * that is gone (also a zombie), an empty string if the system does not say (no `/proc`).
 */
export async function processBirth(pid) {
  if (!isRunning(pid)) return null
  try {
    const line = await readFile(`/proc/${pid}/stat`, 'utf8')
    const fields = line.slice(line.lastIndexOf(')') + 2).split(' ')
    const [hasEnded, threads] = [fields[0] === 'Z' || fields[0] === 'X', Number(fields[17])]
    if (hasEnded && threads <= 1) return null // threads that are still ending hold its files and ports
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8')
    return `${boot.trim()}:${fields[19]}`
  } catch {
    return isRunning(pid) ? '' : null
  }
}

/**
 * Takes the lock or says who has it: `{ release }` or `{ heldBy: pid }`. Takes over a lock whose process is gone, or whose process id now
 * belongs to another program. Throws what the file system throws (no permission, no folder).
 */
export async function tryLock(path) {
  const mine = JSON.stringify({ pid: process.pid, birth: (await processBirth(process.pid)) ?? '' })
  for (;;) {
    if (await createWhole(path, mine)) return { release: () => releaseIfMine(path, mine) }
    const holder = await readHolder(path)
    if (holder === 'gone') continue
    if (holder && (await isHolderAlive(holder))) return { heldBy: holder.pid }
    await removeStale(path)
  }
}

function isRunning(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM' // it belongs to another user, and runs
  }
}

/** Creates the file with its content in one step, so that no one reads an empty lock; false if there is one. */
async function createWhole(path, content) {
  const draft = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`
  await writeFile(draft, content, { flag: 'wx', mode: 0o600 })
  try {
    await link(draft, path)
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    // some shared and removable file systems have no hard links
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(error.code)) throw error
    return await createExclusively(path, content)
  } finally {
    await unlink(draft)
  }
}

async function createExclusively(path, content) {
  try {
    await writeFile(path, content, { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  }
}

/** Resolves to the holder of the lock: `gone` without a file, null if the file names no one. */
async function readHolder(path) {
  let text
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (error.code === 'ENOENT') return 'gone'
    throw error
  }
  try {
    const holder = JSON.parse(text)
    return Number.isSafeInteger(holder.pid) && holder.pid > 0 ? { pid: holder.pid, birth: String(holder.birth ?? '') } : null
  } catch {
    return null
  }
}

async function isHolderAlive(holder) {
  const birth = await processBirth(holder.pid)
  if (birth === null) return false
  return birth === '' || holder.birth === '' || birth === holder.birth
}

/** Removes a dead process's lock. A guard folder keeps two processes that saw it dead from removing each other's new lock. */
async function removeStale(path) {
  const guard = `${path}.takeover`
  try {
    await mkdir(guard)
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
    await waitForGuard(guard)
    return
  }
  try {
    const holder = await readHolder(path)
    if (holder !== 'gone' && !(holder && (await isHolderAlive(holder)))) await unlink(path)
  } finally {
    await rmdir(guard)
  }
}

async function waitForGuard(guard) {
  const seen = await stat(guard).catch(() => null)
  if (seen && Date.now() - seen.mtimeMs > TAKEOVER_LIMIT_MS) await rmdir(guard).catch(() => {})
  else await sleep(20)
}

async function releaseIfMine(path, mine) {
  const content = await readFile(path, 'utf8').catch(() => null)
  if (content === mine) await unlink(path)
}

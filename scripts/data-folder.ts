import { mkdir, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { tryLock, unwritableReason } from './lock-file.mjs'

export interface DataFolderLock {
  release(): Promise<void>
}

/**
 * Creates the data folder if needed and locks it for this process: one instance per folder. Takes over the lock of a process that is gone,
 * killed or not.
 * @throws Error with a message for the operator: another instance has it, or it cannot be written
 */
export async function lockDataFolder(dataDir: string): Promise<DataFolderLock> {
  return await lockFolder(dataDir, 'fulcrum.lock')
}

/** Like {@link lockDataFolder}, with another lock name, for what is started within a data folder. */
export async function lockFolder(dataDir: string, lockName: string): Promise<DataFolderLock> {
  const folder = resolve(dataDir)
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const attempt = await tryLock(join(folder, lockName))
    if (attempt.release) return { release: attempt.release }
    throw new Error(`Another Fulcrum (process ${attempt.heldBy}) already uses ${folder}: stop it or set DATA_DIR to another folder.`)
  } catch (error) {
    throw (await explainFolder(folder, error)) ?? error
  }
}

/** Returns an explanation of a file system error; undefined for any other error. */
async function explainFolder(folder: string, error: unknown): Promise<Error | undefined> {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  const say = (message: string): Error => new Error(message, { cause: error })
  if (code === 'ENOSPC') return say(`The disk of ${folder} is full: free some space, or set DATA_DIR to a folder on another disk.`)
  if (code === 'EEXIST' || code === 'ENOTDIR') {
    const isFile = await stat(folder).then(
      (seen) => !seen.isDirectory(),
      () => true,
    )
    if (isFile) return say(`${folder} cannot be the data folder, because it or part of its path is a file: set DATA_DIR to a folder.`)
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS' || code === 'ENOENT')
    return say(
      `The data folder ${folder} cannot be written (${unwritableReason(code)}): give this user write access, or set DATA_DIR to another folder.`,
    )
  return undefined
}

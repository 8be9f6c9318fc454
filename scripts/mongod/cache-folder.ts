import { access, constants, lstat, mkdir } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Resolves to the folder for downloads that every clone shares: the user's cache folder, or one in the temporary folder if that cannot be
 * written. Created if needed.
 * @throws Error if neither can be used
 */
export async function cacheFolder(env: NodeJS.ProcessEnv): Promise<string> {
  const wanted = join(userCache(env), 'fulcrum')
  if (await canWrite(wanted)) return wanted
  const fallback = join(tmpdir(), `fulcrum-cache-${process.getuid?.() ?? 'user'}`)
  if ((await canWrite(fallback)) && (await isOurs(fallback))) return fallback
  throw new Error(`neither ${wanted} nor ${fallback} can be written: set XDG_CACHE_HOME to a folder of this user`)
}

function userCache(env: NodeJS.ProcessEnv): string {
  if (env['XDG_CACHE_HOME']) return env['XDG_CACHE_HOME']
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches')
  if (process.platform === 'win32') return env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local')
  return join(homedir(), '.cache')
}

async function canWrite(folder: string): Promise<boolean> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await access(folder, constants.W_OK | constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Programs run from here: a folder that somebody else made where everybody can write must not be trusted. */
async function isOurs(folder: string): Promise<boolean> {
  const seen = await lstat(folder)
  if (!seen.isDirectory()) return false
  return process.getuid === undefined || (seen.uid === process.getuid() && (seen.mode & 0o022) === 0)
}

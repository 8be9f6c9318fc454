/** Keys for a local instance, generated once and kept in its data folder. Production sets its own. */
import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Reads the secret of that name from the data folder, or creates it, readable only by this user. */
async function keptSecret(dataDir: string, name: string, make: () => string): Promise<string> {
  const file = join(dataDir, name)
  const kept = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  if (kept?.trim()) return kept.trim()
  const secret = make()
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  await writeFile(file, `${secret}\n`, { mode: 0o600 })
  return secret
}

/** In the form of `SECRET_KEYS`. */
export async function keptSecretKeys(dataDir: string): Promise<string> {
  return keptSecret(dataDir, 'secret-keys', () => `local:${randomBytes(32).toString('base64')}`)
}

/** In the form of `OPERATOR_API_KEY`. */
export async function keptOperatorKey(dataDir: string): Promise<string> {
  return keptSecret(dataDir, 'operator-api-key', () => randomBytes(24).toString('base64url'))
}

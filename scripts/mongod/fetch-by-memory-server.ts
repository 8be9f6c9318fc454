import { readFile, rm, writeFile } from 'node:fs/promises'
import { arch, platform } from 'node:os'
import { join } from 'node:path'

/** How long the download server may take to answer before this way counts as unavailable. */
const CONNECT_LIMIT_MS = 5000
const FAILURE_REMEMBERED_MS = 24 * 60 * 60 * 1000
/** A 7.0 that is published for all systems that mongodb-memory-server supports; 8.0 and newer need newer processors and kernels. */
const VERSION = '7.0.14'

interface FetchOptions {
  readonly cache: string
  readonly env: NodeJS.ProcessEnv
  readonly say: (line: string) => void
}

/**
 * Downloads MongoDB's own build through mongodb-memory-server and resolves to its path. A failure is remembered for a day, since on a
 * network that blocks the address, every start would wait for the limit.
 * @throws Error with the reason as text
 */
export async function fetchByMemoryServer({ cache, env, say }: FetchOptions): Promise<string> {
  const noteFile = join(cache, 'memory-server-failure.json')
  const known = await rememberedFailure(noteFile)
  if (known) throw new Error(`${known} (tried less than a day ago; delete ${noteFile} to try again)`)
  try {
    return await download(cache, env, say)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    await writeFile(noteFile, JSON.stringify({ at: Date.now(), reason }))
    throw new Error(reason, { cause: error })
  }
}

async function rememberedFailure(noteFile: string): Promise<string | undefined> {
  try {
    const note: unknown = JSON.parse(await readFile(noteFile, 'utf8'))
    if (typeof note !== 'object' || note === null || !('at' in note) || !('reason' in note)) return undefined
    return Date.now() - Number(note.at) < FAILURE_REMEMBERED_MS ? String(note.reason) : undefined
  } catch {
    return undefined
  }
}

async function download(cache: string, env: NodeJS.ProcessEnv, say: (line: string) => void): Promise<string> {
  const { MongoBinary, DryMongoBinary } = await import('mongodb-memory-server-core')
  const { MongoBinaryDownloadUrl } = await import('mongodb-memory-server-core/lib/util/MongoBinaryDownloadUrl.js')
  const options = await DryMongoBinary.generateOptions({ version: VERSION, downloadDir: join(cache, 'memory-server') })
  const url = await new MongoBinaryDownloadUrl({ version: VERSION, platform: platform(), arch: arch(), os: options.os }).getDownloadUrl()
  const usesProxy = Boolean(env['HTTPS_PROXY'] ?? env['https_proxy'])
  if (!usesProxy) await reach(new URL(url))
  say(`Downloading MongoDB ${VERSION} from ${new URL(url).host}, once for this machine…`)
  process.env['npm_config_strict_ssl'] = 'true' // without it the library accepts any certificate
  try {
    return await MongoBinary.getPath({ ...options, systemBinary: '', checkMD5: true })
  } catch (error) {
    await rm(join(cache, 'memory-server'), { recursive: true, force: true })
    throw error
  }
}

async function reach(url: URL): Promise<void> {
  try {
    const answer = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(CONNECT_LIMIT_MS) })
    if (!answer.ok) throw new Error(`status ${answer.status}`)
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    throw new Error(`${url.host} cannot be reached: ${cause instanceof Error ? cause.message : String(cause)}`, { cause: error })
  }
}

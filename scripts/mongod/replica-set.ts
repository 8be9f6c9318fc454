import { setTimeout as sleep } from 'node:timers/promises'
import { MongoClient, MongoServerError, type Db } from 'mongodb'

const SET_NAME = 'fulcrum'
const POLL_MS = 20

/** Returns the URI of the one-node replica set on a port; the caller adds a database name. */
export function replicaSetUri(port: number): string {
  return `mongodb://127.0.0.1:${port}/?replicaSet=${SET_NAME}`
}

export const REPLICA_SET_PARAMETERS = ['--replSet', SET_NAME] as const

/** Runs `use` on a connection to the server on a port; resolves to null if none answers within `withinMs`. */
export async function withAdmin<T>(port: number, withinMs: number, use: (admin: Db) => Promise<T>): Promise<T | null> {
  const client = new MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true`, {
    serverSelectionTimeoutMS: withinMs,
    connectTimeoutMS: withinMs,
  })
  try {
    const connected = await client.connect().then(
      () => true,
      () => false,
    )
    return connected ? await use(client.db('admin')) : null
  } finally {
    await client.close()
  }
}

/** Resolves to a server's data path and process id; null if it does not say. */
export async function identify(admin: Db): Promise<{ dbPath: string; pid: number } | null> {
  try {
    const [options, status] = await Promise.all([admin.command({ getCmdLineOpts: 1 }), admin.command({ serverStatus: 1 })])
    return { dbPath: String(options['parsed']?.storage?.dbPath), pid: Number(status['pid']) }
  } catch {
    return null
  }
}

/**
 * Makes the server at `port` the primary of its one-node set: initiates the set on new data, and waits until it accepts writes.
 * @throws Error if it is not primary within `withinMs`
 */
export async function becomePrimary(admin: Db, port: number, withinMs: number): Promise<void> {
  const deadline = performance.now() + withinMs
  for (let initiated = false; ;) {
    const hello = await admin.command({ hello: 1 })
    if (hello['isWritablePrimary']) return
    if (performance.now() > deadline) throw new Error(`MongoDB did not become primary within ${withinMs / 1000} s`)
    if (hello['isreplicaset'] && !initiated) initiated = await initiate(admin, hostAt(port))
    await sleep(POLL_MS)
  }
}

/** Resolves to false while the server still reads its local configuration: it says `isreplicaset` before it knows. */
async function initiate(admin: Db, host: string): Promise<boolean> {
  try {
    await admin.command({ replSetInitiate: { _id: SET_NAME, members: [{ _id: 0, host }] } })
    return true
  } catch (error) {
    if (error instanceof MongoServerError) return false
    throw error
  }
}

/**
 * Writes another port into the set's stored configuration, on a server that runs outside the set. A member that is missing from its
 * configuration asks the old address for up to 30 s who is there, and nothing can be written during that time.
 */
export async function moveSet(admin: Db, port: number): Promise<void> {
  const stored = admin.client.db('local').collection('system.replset')
  await stored.updateOne({ 'members.0': { $exists: true } }, { $set: { 'members.0.host': hostAt(port) } })
}

function hostAt(port: number): string {
  return `127.0.0.1:${port}`
}

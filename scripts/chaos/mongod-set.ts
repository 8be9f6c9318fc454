import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { MongoClient } from 'mongodb'
import { findMongod } from '../mongod/find-mongod.ts'
import { launch, mongodFiles, stopProcess, type MongodProcess } from '../mongod/mongod-process.ts'
import { withAdmin } from '../mongod/replica-set.ts'
import { until } from '../tour/calls.ts'
import { isFree, steadyPort } from './steady-port.ts'

const SET_NAME = 'fulcrum'
const START_LIMIT_MS = 60_000

/** One or three real mongods that can be killed and restart with their data and ports. */
export interface MongodSet {
  readonly size: number
  uri(database: string): string
  /** Kills one with SIGKILL and restarts it at once; the set may have no primary during that time. */
  kill(index: number): Promise<void>
  /** Asks the primary to step down; a single node becomes primary again without help. */
  stepDown(): Promise<void>
  stop(): Promise<void>
}

export async function startMongodSet(folder: string, size: number, say: (line: string) => void): Promise<MongodSet> {
  const found = await findMongod({ env: process.env, say })
  const ports = await Promise.all(Array.from({ length: size }, steadyPort))
  async function start(index: number): Promise<MongodProcess> {
    const files = mongodFiles(join(folder, `mongod-${index}`))
    const port = ports[index] ?? 0
    await mkdir(files.dbPath, { recursive: true })
    // a killed process looks gone before the last of its threads has released the port
    await until(`port ${port} is free`, () => isFree(port), START_LIMIT_MS)
    return launch(files, found, port)
  }
  const running: MongodProcess[] = []
  const stop = async (): Promise<void> => void (await Promise.all(running.map(stopProcess)))
  const uri = (database: string): string =>
    `mongodb://${ports.map((port) => `127.0.0.1:${port}`).join(',')}/${database}?replicaSet=${SET_NAME}`
  try {
    for (const index of ports.keys()) running.push(await start(index))
    await initiate(ports)
    await untilWritable(uri('admin'))
  } catch (error) {
    await stop()
    throw error
  }
  return {
    size,
    uri,
    async kill(index) {
      const victim = running[index]
      if (!victim) return
      process.kill(victim.pid, 'SIGKILL')
      await stopProcess(victim)
      running[index] = await start(index)
    },
    async stepDown() {
      const client = await MongoClient.connect(uri('admin'), { serverSelectionTimeoutMS: START_LIMIT_MS })
      await client.db('admin').command({ replSetStepDown: 2, secondaryCatchUpPeriodSecs: 1, force: true })
      await client.close()
    },
    stop,
  }
}

async function initiate(ports: readonly number[]): Promise<void> {
  const members = ports.map((port, index) => ({ _id: index, host: `127.0.0.1:${port}` }))
  const settings = { electionTimeoutMillis: 2000 }
  await withAdmin(ports[0] ?? 0, START_LIMIT_MS, (admin) =>
    admin.command({ replSetInitiate: { _id: SET_NAME, members, ...(members.length > 1 ? { settings } : {}) } }),
  )
}

async function untilWritable(uri: string): Promise<void> {
  const client = new MongoClient(uri, { serverSelectionTimeoutMS: START_LIMIT_MS })
  await until('the set has a primary', async () => (await client.db('admin').command({ hello: 1 }))['isWritablePrimary'] === true, START_LIMIT_MS) // prettier-ignore
  await client.close()
}

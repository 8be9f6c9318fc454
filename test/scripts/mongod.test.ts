import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect } from 'chai'
import { MongoClient } from 'mongodb'
import { processBirth } from '../../scripts/lock-file.mjs'
import { startMongod, type RunningMongod } from '../../scripts/mongod.ts'
import { rejection } from '../support/rejection.ts'
import { runProgram } from '../support/run-program.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const MODULE = pathToFileURL(join(import.meta.dirname, '../../scripts/mongod.ts')).href

describe('scripts: embedded MongoDB', function () {
  this.timeout(60_000)
  const folder = temporaryFolder()
  const running: RunningMongod[] = []

  afterEach(async () => {
    for (const mongod of running.splice(0)) await mongod.stop()
  })

  const start = async (name: string): Promise<RunningMongod> => {
    const mongod = await startMongod({ dataDir: join(folder, name), say: () => {} })
    running.push(mongod)
    return mongod
  }

  it('keeps its data and its port between starts, and moves to another port if that is in use', async () => {
    const first = await start('kept')
    await write(first.uri, 'before')
    await first.stop()
    const second = await start('kept')
    const kept = await names(second.uri)
    await second.stop()
    const release = await occupy(Number(new URL(first.uri).port))
    const third = await start('kept')
    await write(third.uri, 'after')
    const moved = await names(third.uri)
    await release()

    expect(second.uri).to.equal(first.uri)
    expect(kept).to.deep.equal(['before'])
    expect(third.uri).to.not.equal(first.uri)
    expect(moved).to.deep.equal(['before', 'after'])
  })

  it('is a replica set: it supports majority writes, transactions, and change streams', async () => {
    const { uri } = await start('set')
    const client = await MongoClient.connect(uri)
    const collection = client.db('test').collection('things', { writeConcern: { w: 'majority', j: true } })
    await collection.insertOne({ name: 'made' })

    const stream = collection.watch()
    await stream.tryNext()
    await client.withSession((session) => session.withTransaction(() => collection.insertOne({ name: 'in a transaction' }, { session })))
    const change = await stream.next()

    expect(change.operationType).to.equal('insert')
    await client.close()
  })

  it('ignores the terminal’s Ctrl-C, and is gone after stop', async function () {
    const mongod = await start('detached')
    const leadsItsOwnGroup = process.kill(-mongod.pid, 0) // throws where no group has that id

    await Promise.all([mongod.stop(), mongod.stop()])

    expect(leadsItsOwnGroup).to.equal(true)
    expect(await processBirth(mongod.pid)).to.equal(null)
  })

  it('refuses a data folder that another process serves, and names it', async () => {
    await start('busy')

    const refusal = await rejection(start('busy'))

    expect(refusal.message).to.match(
      new RegExp(`^Another Fulcrum \\(process ${process.pid}\\) already uses .*busy: stop it or set DATA_DIR`),
    )
  })

  it('reuses the one that a crashed process left behind', async () => {
    const dataDir = join(folder, 'left')
    const crashed = await crashAfterStart(dataDir)

    const again = await start('left')

    expect(again.pid).to.equal(crashed.pid)
    expect(again.uri).to.equal(crashed.uri)
    expect(again.how).to.match(/left running by a process that crashed$/)
  })

  it('recovers when mongod itself was killed', async () => {
    const first = await start('killed')
    await write(first.uri, 'durable')
    process.kill(first.pid, 'SIGKILL')
    await first.stop()

    const second = await start('killed')

    expect(await names(second.uri)).to.deep.equal(['durable'])
  })

  it('says so if an unknown mongod uses the data', async () => {
    const dataDir = join(folder, 'foreign')
    const crashed = await crashAfterStart(dataDir)
    rmSync(join(dataDir, 'mongod.json'))

    const refusal = await rejection(start('foreign'))
    process.kill(crashed.pid, 'SIGKILL')

    expect(refusal.message).to.match(/does not start: another mongod already uses .*foreign.mongodb: stop it/)
  })

  it('says so if its folder is unusable', async () => {
    const dataDir = join(folder, 'odd')
    mkdirSync(dataDir)
    writeFileSync(join(dataDir, 'mongodb'), '')

    const refusal = await rejection(start('odd'))

    expect(refusal.message).to.match(/odd.mongodb cannot be written \(EEXIST\): give this user write access, or set DATA_DIR/)
  })

  it('stops what it started if the start is aborted', async () => {
    const giveUp = new AbortController()
    const starting = startMongod({ dataDir: join(folder, 'given-up'), say: () => {}, signal: giveUp.signal })
    setTimeout(() => giveUp.abort(new Error('no longer wanted')), 150)

    const refusal = await rejection(starting)
    const next = await start('given-up')

    expect(refusal.message).to.equal('no longer wanted')
    expect(next.how).to.not.match(/left running/)
  })
})

async function write(uri: string, name: string): Promise<void> {
  const client = await MongoClient.connect(uri)
  await client
    .db('test')
    .collection('things')
    .insertOne({ name }, { writeConcern: { w: 'majority', j: true } })
  await client.close()
}

async function names(uri: string): Promise<unknown[]> {
  const client = await MongoClient.connect(uri)
  const found = await client.db('test').collection('things').find().toArray()
  await client.close()
  return found.map(({ name }) => name as unknown)
}

/** Listens on a port until released, unless a program of another test file has taken the port by chance: then it is occupied already. */
async function occupy(port: number): Promise<() => Promise<void>> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? resolve() : reject(error)))
    server.listen(port, '127.0.0.1', resolve)
  })
  return () => new Promise((resolve) => server.close(() => resolve()))
}

/** Starts MongoDB in a process that is killed right after. */
async function crashAfterStart(dataDir: string): Promise<{ pid: number; uri: string }> {
  const script = `
    import { startMongod } from ${JSON.stringify(MODULE)}
    const { pid, uri } = await startMongod({ dataDir: ${JSON.stringify(dataDir)}, say: () => {} })
    process.stdout.write(JSON.stringify({ pid, uri }), () => process.kill(process.pid, 'SIGKILL'))`
  const end = await runProgram(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script]).ended
  return JSON.parse(end.stdout) as { pid: number; uri: string }
}

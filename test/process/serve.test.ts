import { expect } from 'chai'
import { MongoClient } from 'mongodb'
import { freePort } from '../../scripts/free-port.ts'
import { eventually } from '../support/eventually.ts'
import { startLever } from '../support/lever.ts'
import { freshMongoUri } from '../support/mongo.ts'
import { spawnServe, startServe } from '../support/serve.ts'
import { SECRET_KEYS } from '../support/service.ts'

describe('npm run serve', () => {
  it('names every missing or wrong variable, and exits with 1', async () => {
    const { ended, output } = spawnServe({ PORT: 'abc', SECRET_KEYS: 'short', ROLES: 'web,cook', LEVER_ENVIRONMENT: 'moon' })

    expect((await ended).code).to.equal(1)
    for (const name of ['MONGODB_URI', 'PUBLIC_URL', 'SECRET_KEYS', 'PORT', 'ROLES', 'LEVER_ENVIRONMENT']) expect(output()).to.contain(name)
  })

  it('refuses weak and unreadable values, and prints no part of a secret', async () => {
    const secrets = {
      SECRET_KEYS: `weak:${Buffer.alloc(32, 0x2a).toString('base64')}`,
      OPERATOR_API_KEY: 'swordfish-and-trumpets',
      MONGODB_URI: 'mongodb://fulcrum:hunter2@trombone@127.0.0.1:27017/x',
    }

    const { ended, output } = spawnServe({ ...secrets, PUBLIC_URL: 'https://fulcrum.example' })

    expect((await ended).code).to.equal(1)
    for (const name of Object.keys(secrets)) expect(output()).to.contain(name)
    for (const part of ['KioqKioq', 'swordfish', 'trumpets', 'hunter2', 'trombone', '127.0.0.1']) expect(output()).not.to.contain(part)
  })

  it('names an invalid host', async () => {
    const wrong = { HOST: 'no such host', PORT: String(await freePort()), MONGODB_URI: freshMongoUri(), SECRET_KEYS }
    const { ended, output } = spawnServe({ ...wrong, PUBLIC_URL: 'https://fulcrum.example' })

    expect((await ended).code).to.equal(1)
    expect(output()).to.contain('HOST no such host')
  })

  it('says that its port is in use', async () => {
    const blocker = await startLever()
    const port = new URL(blocker.url).port

    const { ended, output } = spawnServe({ PORT: port, PUBLIC_URL: blocker.url, MONGODB_URI: freshMongoUri(), SECRET_KEYS })

    expect((await ended).code).to.equal(1)
    expect(output()).to.contain(`Port ${port}`)
    await blocker.stop()
  })

  it('answers while MongoDB is unreachable, and says so', async () => {
    const port = String(await freePort())
    const nowhere = `mongodb://127.0.0.1:${await freePort()}/x?replicaSet=rs0&serverSelectionTimeoutMS=200`
    const { child, ended } = spawnServe({ PORT: port, PUBLIC_URL: `http://127.0.0.1:${port}`, MONGODB_URI: nowhere, SECRET_KEYS })

    const readiness = await eventually('it answers', () => fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null), 45_000)
    const { ready, missing } = (await readiness.json()) as { ready: boolean; missing: string[] }
    child.kill('SIGTERM')

    expect([readiness.status, ready]).to.deep.equal([503, false])
    expect(missing).to.include('database')
    expect(JSON.stringify(missing)).not.to.match(/127\.0\.0\.1|mongo|ECONNREFUSED/i)
    expect((await ended).code).to.equal(0)
  })
})

describe('a worker-only process', function () {
  this.timeout(60_000)

  it('serves its health and metrics, and nothing else', async () => {
    const port = String(await freePort())
    const url = `http://127.0.0.1:${port}`
    const started = await startServe({ PORT: port, PUBLIC_URL: url, MONGODB_URI: freshMongoUri(), SECRET_KEYS, ROLES: 'worker' })
    const statusOf = async (path: string, method = 'GET') => (await fetch(url + path, { method, redirect: 'manual' })).status

    for (const path of ['/healthz', '/readyz', '/metrics']) expect(await statusOf(path), path).to.equal(200)
    const others = [
      '/',
      '/sign-in',
      '/candidates',
      '/assets/site.js',
      '/api/docs',
      '/api/openapi.json',
      '/api/v1/connection',
      '/connect/lever/x',
    ]
    for (const path of others) expect(await statusOf(path), path).to.equal(404)
    for (const path of ['/webhooks/lever/x', '/sign-in', '/api/v1/candidates']) expect(await statusOf(path, 'POST'), path).to.equal(404)
    expect(await started.end()).to.equal(0)
  })
})

describe('a process whose MONGODB_URI names no database', function () {
  this.timeout(60_000)

  it('stores everything in fulcrum', async () => {
    const port = String(await freePort())
    const env = { PORT: port, PUBLIC_URL: `http://127.0.0.1:${port}`, SECRET_KEYS }
    const uri = new URL(freshMongoUri())
    const client = await MongoClient.connect(uri.toString())
    uri.pathname = '/'
    const started = await startServe({ ...env, MONGODB_URI: uri.toString() })

    expect((await client.db('fulcrum').collections()).map(({ collectionName }) => collectionName)).to.include('connections')
    expect(await client.db('test').collections()).to.deep.equal([])
    expect(await started.end()).to.equal(0)
    await client.db('fulcrum').dropDatabase()
    await client.close()
  })
})

import { randomBytes } from 'node:crypto'
import { expect } from 'chai'
import { ConfigError, readConfig } from '../src/config.ts'

const key = (id: string) => `${id}:${randomBytes(32).toString('base64')}`
const faultsOf = (env: Record<string, string>, required: Parameters<typeof readConfig>[1] = []) => {
  try {
    readConfig(env, required)
  } catch (error) {
    if (error instanceof ConfigError) return error.faults
    throw error
  }
  return []
}

describe('configuration', () => {
  it('has the documented defaults', () => {
    expect(readConfig({})).to.deep.include({
      host: '127.0.0.1',
      port: 4000,
      publicUrl: 'http://127.0.0.1:4000',
      roles: ['web', 'worker'],
      dataDir: '.data',
      leaseMs: 15_000,
      settleMs: 60_000,
      shutdownGraceMs: 10_000,
      trustedProxies: 0,
      noteDelayMs: 3_600_000,
      jobPollMs: 1000,
      logLevel: 'info',
      sandboxPort: 4010,
    })
    expect(readConfig({}).lever).to.include({
      environment: 'production',
      requestsPerSecond: 10,
      burst: 15,
      timeoutMs: 20_000,
      apiUrl: 'https://api.lever.co/v1',
      audience: 'https://api.lever.co/v1/',
    })
  })

  it('treats a blank variable as unset', () => {
    expect(readConfig({ PORT: '', PUBLIC_URL: ' ', ROLES: '' })).to.deep.equal(readConfig({}))
  })

  it('ignores whitespace around a value', () => {
    const env = { PORT: '4999', SECRET_KEYS: key('a'), OPERATOR_API_KEY: 'o'.repeat(23) + 'p', LEVER_CLIENT_ID: 'x', LEVER_CLIENT_SECRET: 'y', HOST: '::1', LOG_LEVEL: 'warn', ROLES: 'web', LEVER_ENVIRONMENT: 'sandbox', MONGODB_URI: 'mongodb://127.0.0.1/x' } // prettier-ignore

    for (const [before, after] of [
      ['', '\n'],
      [' ', ' '],
      ['\t', '\r\n'],
    ] as const)
      // prettier-ignore
      expect(readConfig(Object.fromEntries(Object.entries(env).map(([name, value]) => [name, before + value + after])))).to.deep.equal(
        readConfig(env),
      )
  })

  it('builds the public address from the actual port', () => {
    expect(readConfig({ PORT: '4999' }).publicUrl).to.equal('http://127.0.0.1:4999')
    expect(readConfig({ PUBLIC_URL: 'https://fulcrum.example/' }).publicUrl).to.equal('https://fulcrum.example')
  })

  it('names every faulty variable in one message', () => {
    const wrong = {
      PORT: 'abc',
      PUBLIC_URL: 'ftp://x',
      ROLES: 'web,boss',
      MONGODB_URI: 'postgres://x',
      SECRET_KEYS: 'id:short',
      OPERATOR_API_KEY: 'x'.repeat(23),
      LEVER_ENVIRONMENT: 'moon',
      LEVER_API_URL: 'http://lever.example/v1',
      LEVER_AUTH_URL: 'nonsense',
      LEVER_REQUESTS_PER_SECOND: '0',
      LEASE_MS: '-1',
      LEVER_TIMEOUT_MS: '1.5',
      TRUSTED_PROXIES: 'yes',
      EVENT_TARGETS_PRIVATE: '2',
      LOG_LEVEL: 'loud',
    }

    const faults = faultsOf(wrong)

    for (const name of Object.keys(wrong))
      expect(
        faults.filter((fault) => fault.startsWith(`${name} `)),
        name,
      ).to.have.length(1)
    expect(faults).to.have.length(Object.keys(wrong).length)
  })

  it('names every missing variable along with wrong ones', () => {
    const faults = faultsOf({ PORT: 'abc' }, ['MONGODB_URI', 'SECRET_KEYS', 'PUBLIC_URL'])

    expect(faults).to.include.members(['MONGODB_URI is required', 'SECRET_KEYS is required', 'PUBLIC_URL is required'])
    expect(faults.some((fault) => fault.startsWith('PORT '))).to.equal(true)
  })

  it('accepts http only for the local machine', () => {
    for (const PUBLIC_URL of ['http://127.0.0.1:4000', 'http://localhost:4000', 'http://[::1]:4000'])
      expect(faultsOf({ PUBLIC_URL })).to.deep.equal([])
    for (const PUBLIC_URL of [
      'http://fulcrum.example',
      'http://10.0.0.1:4000',
      'https://a:b@fulcrum.example',
      'https://fulcrum.example/path',
      'https://fulcrum.example/?a=1',
    ])
      expect(faultsOf({ PUBLIC_URL }), PUBLIC_URL).to.have.length(1)
  })

  it('accepts http for Lever only on the local machine', () => {
    for (const name of ['LEVER_API_URL', 'LEVER_AUTH_URL', 'LEVER_AUDIENCE']) {
      expect(faultsOf({ [name]: 'http://127.0.0.1:4010' }), name).to.deep.equal([])
      expect(faultsOf({ [name]: 'http://lever.example' }), name).to.have.length(1)
      expect(faultsOf({ [name]: 'https://lever.example' }), name).to.deep.equal([])
    }
    expect(readConfig({ LEVER_AUDIENCE: 'https://api.lever.example/v1/' }).lever.audience).to.equal('https://api.lever.example/v1/')
  })

  it('accepts keys of 32 bytes, each with a unique id', () => {
    const keys = readConfig({ SECRET_KEYS: `${key('a')}, ${key('b')}` }).secretKeys

    expect(keys.map(({ id }) => id)).to.deep.equal(['a', 'b'])
    for (const { key: bytes } of keys) expect(bytes).to.have.length(32)
    for (const SECRET_KEYS of [
      'nonsense',
      `a:${randomBytes(31).toString('base64')}`,
      `a:${randomBytes(33).toString('base64')}`,
      `${key('a')},${key('a')}`,
      `${key('a')},`,
    ])
      expect(faultsOf({ SECRET_KEYS }), SECRET_KEYS).to.have.length(1)
  })

  it('refuses a key whose bytes are all the same', () => {
    for (const byte of [0, 1, 97, 255]) {
      const weak = `w:${Buffer.alloc(32, byte).toString('base64')}`
      for (const SECRET_KEYS of [weak, `${key('a')},${weak}`]) expect(faultsOf({ SECRET_KEYS }), String(byte)).to.have.length(1)
    }
  })

  it('refuses an operator key of fewer than 24 characters', () => {
    const shortest = randomBytes(18).toString('base64')

    expect(shortest).to.have.length(24)
    expect(readConfig({ OPERATOR_API_KEY: shortest }).operatorApiKey).to.equal(shortest)
    for (const OPERATOR_API_KEY of [shortest.slice(1), `${shortest.slice(1)} `, 'x'])
      expect(faultsOf({ OPERATOR_API_KEY }), OPERATOR_API_KEY).to.deep.equal(['OPERATOR_API_KEY must have at least 24 characters'])
  })

  it('refuses a MongoDB URI whose user or password is not percent-encoded, without repeating any of it', () => {
    for (const MONGODB_URI of [
      'mongodb://user:s3cr@s3cretet/foo@127.0.0.1:1/fulcrum',
      'mongodb://user:s3cr@s3cretet@127.0.0.1/fulcrum',
      'mongodb://user:s3cr/s3cretet@127.0.0.1/fulcrum',
      'mongodb://user:s3cr@s3cretet?foo@127.0.0.1/fulcrum',
    ]) {
      // prettier-ignore
      const faults = faultsOf({ MONGODB_URI })
      expect(faults, MONGODB_URI).to.have.length(1)
      expect(faults[0]).to.include('percent-encode').and.not.include('s3cr').and.not.include('127.0.0.1')
    }
  })

  it('uses the database fulcrum if MONGODB_URI names none, and still authenticates its user against admin', () => {
    const uris = {
      'mongodb://127.0.0.1:27017': 'mongodb://127.0.0.1:27017/fulcrum',
      'mongodb://a:1,b:2/?replicaSet=rs0': 'mongodb://a:1,b:2/fulcrum?replicaSet=rs0',
      'mongodb://a?replicaSet=rs0': 'mongodb://a/fulcrum?replicaSet=rs0',
      'mongodb://u:p%2F%3F@a': 'mongodb://u:p%2F%3F@a/fulcrum?authSource=admin',
      'mongodb+srv://u:p@cluster.example/?retryWrites=true': 'mongodb+srv://u:p@cluster.example/fulcrum?retryWrites=true&authSource=admin',
      'mongodb://u:p@a/?authSource=people': 'mongodb://u:p@a/fulcrum?authSource=people',
      'mongodb://u@a/?authMechanism=MONGODB-X509': 'mongodb://u@a/fulcrum?authMechanism=MONGODB-X509',
      'mongodb://u:p@a/own?replicaSet=rs0': 'mongodb://u:p@a/own?replicaSet=rs0',
    }
    for (const [MONGODB_URI, used] of Object.entries(uris)) expect(readConfig({ MONGODB_URI }).mongodbUri).to.equal(used)
  })

  it('refuses a MongoDB URI that cannot be parsed', () => {
    for (const MONGODB_URI of ['mongodb://127.0.0.1:27017/x?replicaSet=rs0', 'mongodb://a,b:1/', 'mongodb://u:p%40ss@h/', 'mongodb+srv://u:p@cluster.example/x'])
      expect(faultsOf({ MONGODB_URI }), MONGODB_URI).to.deep.equal([])
    for (const MONGODB_URI of ['mongodb://', 'mongodb://h:port/x', 'mongodb://u:p@ss@h/x', 'mongodb://u:p/w@h/x', 'mongodb://h/x?retryWrites=perhaps', 'mongodb://h/x?noSuchOption=1', 'postgres://h/x', 'h:27017', 'mongodb+srv://h:27017/x'])
      expect(faultsOf({ MONGODB_URI }), MONGODB_URI).to.have.length(1)
  }) // prettier-ignore

  it('includes no part of a secret in its errors', () => {
    const secrets = {
      SECRET_KEYS: `id:${randomBytes(31).toString('base64')}`,
      OPERATOR_API_KEY: 'too-short-to-be-taken',
      MONGODB_URI: 'mongodb://somebody:first@second:third@nowhere:porthole/x',
      LEVER_CLIENT_SECRET: 'hush',
      OIDC_CLIENT_SECRET: 'hush-too',
    }

    const said = faultsOf(secrets).join()

    for (const name of ['SECRET_KEYS', 'OPERATOR_API_KEY', 'MONGODB_URI']) expect(said).to.contain(name)
    for (const value of Object.values(secrets))
      for (const part of value.split(/[:@/]/).filter((one) => one.length > 3 && one !== 'mongodb')) expect(said).not.to.contain(part)
  })

  it('requires both parts of the OAuth app or neither', () => {
    expect(faultsOf({ LEVER_CLIENT_ID: 'x' })).to.deep.equal(['LEVER_CLIENT_ID and LEVER_CLIENT_SECRET are needed together'])
    expect(faultsOf({ LEVER_CLIENT_ID: 'x', LEVER_CLIENT_SECRET: 'y' })).to.deep.equal([])
  })

  it('names the missing part of a set along with other errors', () => {
    const faults = faultsOf({ PORT: 'abc', LEVER_CLIENT_SECRET: 'y', OIDC_ISSUER: 'https://id.example' })

    expect(faults.map((fault) => fault.split(' ')[0])).to.deep.equal(['PORT', 'LEVER_CLIENT_ID', 'OIDC_ISSUER,'])
  })

  it('requires all settings of an OpenID Connect provider or none, and keeps its issuer unchanged', () => {
    const OIDC = { OIDC_ISSUER: 'https://id.example/tenant/', OIDC_CLIENT_ID: 'x', OIDC_CLIENT_SECRET: 'y' }
    expect(readConfig({}).openId).to.equal(null)
    expect(readConfig(OIDC).openId).to.deep.equal({ issuer: 'https://id.example/tenant/', clientId: 'x', clientSecret: 'y' })
    for (const name of Object.keys(OIDC))
      expect(faultsOf({ ...OIDC, [name]: '' })).to.deep.equal(['OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET are needed together'])
    for (const issuer of ['http://id.example', 'id.example', 'https://u:p@id.example', 'https://id.example/?a'])
      expect(faultsOf({ ...OIDC, OIDC_ISSUER: issuer }), issuer).to.have.lengthOf(1)
    expect(faultsOf({ ...OIDC, OIDC_ISSUER: 'http://127.0.0.1:9000' })).to.deep.equal([])
  })

  it('reads the roles of a process', () => {
    expect(readConfig({ ROLES: 'worker' }).roles).to.deep.equal(['worker'])
    expect(readConfig({ ROLES: ' worker , web ' }).roles).to.deep.equal(['web', 'worker'])
  })

  it('follows the environment of Lever, and its overrides', () => {
    expect(readConfig({ LEVER_ENVIRONMENT: 'local' }).lever).to.include({
      apiUrl: 'http://127.0.0.1:4010/v1',
      authUrl: 'http://127.0.0.1:4010',
    })
    expect(readConfig({ LEVER_API_URL: 'http://127.0.0.1:9/v1' }).lever).to.include({
      apiUrl: 'http://127.0.0.1:9/v1',
      audience: 'http://127.0.0.1:9/v1/',
    })
  })
})

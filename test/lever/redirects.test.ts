import { expect } from 'chai'
import { z } from 'zod'
import { leverPath } from '../../src/lever/lever-path.ts'
import { mayFollow } from '../../src/lever/may-follow.ts'
import { classifyWriteError } from '../../src/lever/write-outcome.ts'
import { rejection } from '../support/rejection.ts'
import { clientFor } from './client-under-test.ts'
import { json, startHttpServer, startTcpServer, type TestServer } from './http-server.ts'

const Any = z.unknown()
const API = new URL('https://api.lever.co/v1/users')

describe('lever/may-follow', () => {
  const allowed = [
    'https://api.lever.co/v1/me',
    'https://api.eu.lever.co/v1/users',
    'https://files.lever.co:443/x',
    'https://API.LEVER.CO/x',
  ]
  for (const to of allowed)
    it(`follows from Lever to ${to}`, () => {
      expect(mayFollow(API, new URL(to))).to.equal(true)
    })

  const refused = [
    'http://api.lever.co/v1/users',
    'https://lever.co/',
    'https://evil-lever.co/',
    'https://lever.co.evil.example/',
    'https://api.lever.co.evil.example/',
    'https://hire.lever.co@evil.example/',
    'https://user:secret@api.lever.co/',
    'https://user@api.lever.co/',
    'https://api.lever.co:8443/',
    'https://api.lever.co./',
    'https://api.lever.co%2eevil.example/',
    'https://127.0.0.1/',
    'https://localhost/',
    'http://[::1]:4010/',
    'ftp://api.lever.co/',
    'file:///etc/passwd',
    'data:text/plain,api.lever.co',
  ]
  for (const to of refused)
    it(`does not follow from Lever to ${to}`, () => {
      expect(mayFollow(API, new URL(to))).to.equal(false)
    })

  it('stays within the origin of a Lever on the local machine', () => {
    const local = new URL('http://127.0.0.1:4010/v1/users')

    expect(mayFollow(local, new URL('http://127.0.0.1:4010/v1/me'))).to.equal(true)
    for (const to of [
      'http://127.0.0.1:4011/',
      'https://127.0.0.1:4010/',
      'http://localhost:4010/',
      'https://api.lever.co/',
      'http://a@127.0.0.1:4010/',
    ])
      expect(mayFollow(local, new URL(to)), to).to.equal(false)
  })

  it('follows from one local Lever to another only on request, and nowhere else', () => {
    const local = new URL('http://127.0.0.1:4010/v1/users')
    const among = { amongLoopback: true }

    expect(mayFollow(local, new URL('http://localhost:4011/v1/users'), among)).to.equal(true)
    for (const to of ['http://a@127.0.0.1:4011/', 'https://api.lever.co/', 'https://127.0.0.1:4011/', 'http://lever.acme.example/'])
      expect(mayFollow(local, new URL(to), among), to).to.equal(false)
    expect(mayFollow(API, local, among)).to.equal(false)
  })

  it('does not leave another address that represents Lever, not even for Lever', () => {
    const proxy = new URL('https://lever.acme.example/v1/users')

    for (const to of ['https://lever.acme.example/v1/me', 'https://api.lever.co/v1/me'])
      expect(mayFollow(proxy, new URL(to))).to.equal(false)
  })
})

describe('lever/client and redirects', () => {
  let origin: TestServer
  let elsewhere: TestServer
  let touched: number
  let location: (path: string) => string
  let status: number

  beforeEach(async () => {
    touched = 0
    elsewhere = await startTcpServer((socket) => {
      touched += 1
      socket.destroy()
    })
    origin = await startHttpServer((response, request) => {
      if (request.target.startsWith('/v1/there')) json(response, 200, { data: 'there' })
      else json(response, status, undefined, { location: location(request.target) })
    })
  })
  afterEach(async () => {
    await Promise.all([origin.stop(), elsewhere.stop()])
  })

  const read = (): Promise<unknown> => clientFor(origin.url).client.get(leverPath`/users`, { schema: Any })
  const write = (beforeSend?: () => void): Promise<{ body: unknown }> =>
    clientFor(origin.url).client.write('POST', leverPath`/opportunities`, {
      json: { name: 'Ada' },
      schema: Any,
      ...(beforeSend ? { beforeSend } : {}),
    })

  for (const code of [301, 302, 303, 307, 308])
    it(`follows a read's ${code} within the origin, with the credential`, async () => {
      status = code
      location = () => '/v1/there?x=1'

      expect(await read()).to.deep.equal({ data: 'there' })

      expect(origin.seen.map(({ method, target, headers }) => [method, target, headers.authorization])).to.deep.equal([
        ['GET', '/v1/users', 'Bearer old'],
        ['GET', '/v1/there?x=1', 'Bearer old'],
      ])
    })

  const leads: [string, () => string][] = [
    ['another port of this machine', () => `${elsewhere.url}/v1/there`],
    ['another name of this machine', () => `http://localhost:${elsewhere.port}/v1/there`],
    ['an address without a scheme', () => `//127.0.0.1:${elsewhere.port}/v1/there`],
    ['a user in the address', () => `http://127.0.0.1@127.0.0.1:${elsewhere.port}/v1/there`],
    ['a user of its own origin', () => `http://somebody:secret@127.0.0.1:${origin.port}/v1/there`],
    ['https on its own port', () => `https://127.0.0.1:${origin.port}/v1/there`],
    ['Lever itself', () => 'https://api.lever.co/v1/there'],
    ['what is no address', () => 'http://['],
    ['nowhere', () => ''],
  ]
  for (const [name, to] of leads)
    it(`does not follow to ${name}, and sends no credential there`, async () => {
      location = to
      for (const code of [302, 307]) {
        status = code
        const failures = [await rejection(read()), await rejection(write())]

        for (const error of failures) expect(error).to.include({ kind: 'redirect', httpStatus: code })
        expect(classifyWriteError(failures[1])).to.equal('unclear')
      }
      expect(touched).to.equal(0)
      expect(origin.seen).to.have.length(4)
    })

  for (const code of [307, 308])
    it(`sends a write once more, complete, to the target of a ${code}, and checks again before sending`, async () => {
      status = code
      location = () => '/v1/there'
      let checks = 0

      expect((await write(() => void (checks += 1))).body).to.deep.equal({ data: 'there' })

      expect(origin.seen.map(({ method, target, body, headers }) => [method, target, body, headers.authorization])).to.deep.equal([
        ['POST', '/v1/opportunities', '{"name":"Ada"}', 'Bearer old'],
        ['POST', '/v1/there', '{"name":"Ada"}', 'Bearer old'],
      ])
      expect(checks).to.equal(2)
    })

  it('sends a form once more unchanged', async () => {
    status = 307
    location = () => '/v1/there'
    const form = new FormData()
    form.append('name', 'Ada')
    form.append('resumeFile', new Blob(['PDF']), 'cv.pdf')

    await clientFor(origin.url).client.write('POST', leverPath`/opportunities`, { form, schema: Any })

    for (const { body, headers } of origin.seen) {
      expect(headers['content-type']).to.match(/^multipart\/form-data/)
      expect(body).to.include('Ada').and.include('PDF')
    }
    expect(origin.seen).to.have.length(2)
  })

  it('does not send a write if the lease was lost between two addresses', async () => {
    status = 307
    location = () => '/v1/there'
    let checks = 0
    const lost = new Error('the lease is lost')

    const error = await rejection(
      write(() => {
        checks += 1
        if (checks === 2) throw lost
      }),
    )

    expect(error).to.equal(lost)
    expect(origin.seen).to.have.length(1)
  })

  it('follows once for a write, and three times for a read', async () => {
    status = 307
    location = (target) => `${target}x`

    const failures = [await rejection(write()), await rejection(read())]

    for (const error of failures) expect(error).to.include({ kind: 'redirect', httpStatus: 307 })
    expect(origin.seen.filter(({ method }) => method === 'POST')).to.have.length(2)
    expect(origin.seen.filter(({ method }) => method === 'GET')).to.have.length(4)
  })

  for (const code of [301, 302, 303])
    it(`does not repeat a write on ${code}, which leaves open whether it was done`, async () => {
      status = code
      location = () => '/v1/there'

      expect(classifyWriteError(await rejection(write()))).to.equal('unclear')
      expect(origin.seen).to.have.length(1)
    })
})

import { expect } from 'chai'
import { z } from 'zod'
import { LARGEST_ANSWER_BYTES } from '../../src/lever/exchange.ts'
import { leverPath } from '../../src/lever/lever-path.ts'
import { readOpportunityPage } from '../../src/lever/opportunity-page.ts'
import { rejection } from '../support/rejection.ts'
import { clientFor, type ClientSettings } from './client-under-test.ts'
import { json, startHttpServer, startTcpServer, type Answer, type TestServer } from './http-server.ts'

const Any = z.unknown()
const Item = z.object({ id: z.string() })
const ONE = { data: [{ id: 'a' }], hasNext: false }

describe('lever/client: unusual responses', () => {
  const servers: TestServer[] = []

  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.stop()))
  })

  async function serve(answer: Answer): Promise<TestServer> {
    const server = await startHttpServer(answer)
    servers.push(server)
    return server
  }

  async function ids(server: TestServer, settings: ClientSettings = {}, query = {}): Promise<string[]> {
    const found: string[] = []
    const list = clientFor(server.url, settings).client.list(leverPath`/opportunities`, { item: Item, query })
    for await (const { id } of list) found.push(id)
    return found
  }
  const asked = (server: TestServer, name: string): string[] =>
    server.seen.map(({ target }) => new URL(target, server.url).searchParams.getAll(name).join())

  it('asks again, at most four times in total, when an intermediary answers with a page and 200', async () => {
    const passing = await serve((response, _request, count) =>
      count < 3 ? response.writeHead(200, { 'content-type': 'text/html' }).end('<html>') : json(response, 200, ONE),
    )
    const lasting = await serve((response) => response.writeHead(200).end('<html>'))

    expect(await ids(passing)).to.deep.equal(['a'])
    expect(await rejection(ids(lasting))).to.include({ kind: 'unreadable', httpStatus: 200 })
    expect([passing.seen.length, lasting.seen.length]).to.deep.equal([3, 4])
  })

  it('retries without expand if expand is refused, and omits it for the next page', async () => {
    const server = await serve((response, { target }) => {
      if (target.includes('expand')) json(response, 403, { code: 'ForbiddenError' })
      else json(response, 200, target.includes('offset') ? ONE : { data: [{ id: 'b' }], hasNext: true, next: 't' })
    })

    expect(await ids(server, {}, { expand: ['stage', 'applications'] })).to.deep.equal(['b', 'a'])
    expect(asked(server, 'expand')).to.deep.equal(['stage,applications', '', ''])
  })

  it('reports the refusal if expand is not the reason', async () => {
    const server = await serve((response) => json(response, 403, {}))
    const { client } = clientFor(server.url)

    for (const query of [{ expand: ['stage'] }, {}])
      expect(await rejection(client.get(leverPath`/opportunities`, { query, schema: Any }))).to.have.property('httpStatus', 403)

    expect(server.seen).to.have.length(3)
  })

  it('requests half of a page that is too large, and no more the next time', async () => {
    const server = await serve((response, { target }) => {
      const query = new URL(target, 'http://x').searchParams
      if (Number(query.get('limit')) > 30) response.writeHead(200).end(Buffer.alloc(LARGEST_ANSWER_BYTES + 1, ' '))
      else json(response, 200, query.has('offset') ? ONE : { data: [{ id: 'b' }], hasNext: true, next: 't' })
    })

    expect(await ids(server)).to.deep.equal(['b', 'a'])
    expect(asked(server, 'limit')).to.deep.equal(['100', '50', '25', '25'])
  })

  it('gives up on one record that is too large', async () => {
    const server = await serve((response) => response.writeHead(200).end(Buffer.alloc(LARGEST_ANSWER_BYTES + 1, ' ')))

    expect(await rejection(ids(server))).to.have.property('kind', 'too_large')
    expect(asked(server, 'limit').at(-1)).to.equal('1')
  })

  it('requests half of a page that is too slow if no user waits for it', async () => {
    const slow: Answer = (response, { target }) => {
      if (!target.includes('limit=100')) json(response, 200, ONE)
    }
    const [patient, hasty] = [await serve(slow), await serve(slow)]

    expect(await ids(patient, { lane: 'sync', timeoutMs: 1500 })).to.deep.equal(['a'])
    expect(await rejection(ids(hasty, { timeoutMs: 1500 }))).to.have.property('kind', 'timeout')
    expect([asked(patient, 'limit'), asked(hasty, 'limit')]).to.deep.equal([['100', '50'], ['100']])
  })

  it('spends at most three timeouts on a page', async () => {
    const server = await serve(() => undefined)

    expect(await rejection(ids(server, { lane: 'sync', timeoutMs: 100 }))).to.have.property('kind', 'timeout')
    expect(asked(server, 'limit')).to.deep.equal(['100', '50', '25'])
  })

  it('reads a page of opportunities by the same rules', async () => {
    const server = await serve((response, { target }) => {
      if (target.includes('expand')) json(response, 403, {})
      else json(response, 200, { data: [{ id: 'a' }], next: 't' })
    })

    const page = await readOpportunityPage(clientFor(server.url).client, { confidential: false }, null)

    expect([page.opportunities[0]?.id, page.next]).to.deep.equal(['a', 't'])
  })

  describe('an API that has moved', () => {
    let there: TestServer
    let here: TestServer

    async function movedBy(status: number): Promise<{ moves: (string | null)[]; settings: ClientSettings }> {
      there = await serve((response) => json(response, 200, ONE))
      here = await serve((response, { target }) => json(response, status, undefined, { location: there.url + target }))
      const moves: (string | null)[] = []
      return { moves, settings: { amongLoopback: true, onMoved: async (to) => void moves.push(to) } }
    }

    for (const [status, isForGood] of [
      [301, true],
      [308, true],
      [302, false],
      [307, false],
    ] as const)
      // prettier-ignore
      it(`${isForGood ? 'is asked at its new address from then on' : 'is asked here first each time'} after ${status}, with the credential`, async () => {
        const { moves, settings } = await movedBy(status)
        const { client } = clientFor(here.url, settings)

        await client.get(leverPath`/users`, { query: { limit: 1 }, schema: Any })
        await client.get(leverPath`/users/${'u1'}`, { schema: Any })

        expect(there.seen.map(({ target, headers }) => [target, headers.authorization])).to.deep.equal([
          ['/v1/users?limit=1', 'Bearer old'],
          ['/v1/users/u1', 'Bearer old'],
        ])
        expect(here.seen).to.have.length(isForGood ? 1 : 2)
        expect(moves).to.deep.equal(isForGood ? [`${there.url}/v1`] : [])
      })

    it('is detected by a write too, which 301 does not repeat', async () => {
      const { moves, settings } = await movedBy(301)
      const { client } = clientFor(here.url, settings)

      expect(await rejection(client.write('POST', leverPath`/users`, { schema: Any }))).to.include({ kind: 'redirect', httpStatus: 301 })
      expect([there.seen.length, moves.length]).to.deep.equal([0, 1])
      await client.write('POST', leverPath`/users`, { schema: Any })

      expect([there.seen.length, here.seen.length]).to.deep.equal([1, 1])
    })

    it('is not assumed after a redirect of one path', async () => {
      const { moves, settings } = await movedBy(308)
      here = await serve((response) => json(response, 308, undefined, { location: `${there.url}/v1/elsewhere` }))

      await clientFor(here.url, settings).client.get(leverPath`/users`, { schema: Any })

      expect(moves).to.deep.equal([])
    })

    it('is asked at the configured address again if nothing answers at the new one', async () => {
      const gone = await startTcpServer(() => undefined)
      await gone.stop()
      const server = await serve((response) => json(response, 200, ONE))
      const moves: (string | null)[] = []
      const settings: ClientSettings = { movedTo: `${gone.url}/v1`, onMoved: async (to) => void moves.push(to) }

      expect(await ids(server, settings)).to.deep.equal(['a'])

      expect([server.seen.length, moves]).to.deep.equal([1, [null]])
    })

    it('is not followed to another machine, or beyond a local Lever', async () => {
      const { moves } = await movedBy(301)

      const error = await rejection(
        clientFor(here.url, { onMoved: async (to) => void moves.push(to) }).client.get(leverPath`/users`, { schema: Any }),
      )

      expect(error).to.include({ kind: 'redirect', httpStatus: 301 })
      expect([there.seen.length, moves.length]).to.deep.equal([0, 0])
    })
  })
})

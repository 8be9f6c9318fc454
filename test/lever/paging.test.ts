import { expect } from 'chai'
import { z } from 'zod'
import { LeverCallError } from '../../src/lever/lever-call-error.ts'
import { leverPath } from '../../src/lever/lever-path.ts'
import { MOST_PAGES, walkPages } from '../../src/lever/paging.ts'
import { rejection } from '../support/rejection.ts'
import { clientFor } from './client-under-test.ts'
import { json, startHttpServer, type TestServer } from './http-server.ts'

const Item = z.object({ id: z.string().min(1) })
/** As recorded: a percent-encoded JSON array, which is sent back encoded once more. */
const TOKEN = '%5B3%2C1491435120000%2C%225599cc20-349f-4b60-b531-6fe31e329717%22%5D'

describe('lever/client: list', () => {
  let server: TestServer

  afterEach(async () => server.stop())

  async function listOf(pages: unknown[], pageSize?: number): Promise<AsyncIterable<{ id: string }>> {
    server = await startHttpServer((response, _request, count) => json(response, 200, pages[count - 1] ?? { data: [] }))
    return clientFor(server.url).client.list(leverPath`/users`, { query: { email: 'x' }, item: Item, ...(pageSize ? { pageSize } : {}) })
  }

  async function ids(list: AsyncIterable<{ id: string }>): Promise<string[]> {
    const found: string[] = []
    for await (const { id } of list) found.push(id)
    return found
  }

  it('reads the pages, and sends each token back as unchanged text', async () => {
    const list = await listOf(
      [
        { data: [{ id: 'a' }], hasNext: true, next: TOKEN },
        { data: [{ id: 'b' }], hasNext: false },
      ],
      1,
    )

    expect(await ids(list)).to.deep.equal(['a', 'b'])
    const [first, second] = server.seen.map(({ target }) => new URL(target, server.url).searchParams)
    expect([...(first ?? [])]).to.deep.equal([
      ['email', 'x'],
      ['limit', '1'],
    ])
    expect(second?.get('offset')).to.equal(TOKEN)
    expect(server.seen[1]?.target).to.include('offset=%255B3')
  })

  it('requests a page only when it is needed', async () => {
    const list = await listOf([{ data: [{ id: 'a' }], hasNext: true, next: 't1' }])

    for await (const one of list) {
      expect(one.id).to.equal('a')
      break
    }

    expect(server.seen).to.have.length(1)
  })

  it('takes a missing hasNext as the end, unless there is a token', async () => {
    expect(await ids(await listOf([{ data: [{ id: 'a' }], next: 't1' }, { data: [{ id: 'b' }] }]))).to.deep.equal(['a', 'b'])
    await server.stop()
    expect(await ids(await listOf([{ data: [{ id: 'a' }], hasNext: false, next: 't1' }]))).to.deep.equal(['a'])
  })

  it('skips records without an id', async () => {
    expect(await ids(await listOf([{ data: [{ id: 'a' }, {}, null, 'text', { id: '' }, { id: 'b' }] }]))).to.deep.equal(['a', 'b'])
  })

  it('stops at a repeated token', async () => {
    const list = await listOf([
      { data: [{ id: 'a' }], hasNext: true, next: 't1' },
      { data: [{ id: 'b' }], hasNext: true, next: 't2' },
      { data: [{ id: 'c' }], hasNext: true, next: 't1' },
    ])

    const error = await rejection(ids(list))

    expect(error).to.be.instanceOf(LeverCallError).with.property('kind', 'unreadable')
    expect(server.seen).to.have.length(3)
  })

  it('stops if pages never end, each with a new token', async () => {
    let read = 0
    const readPage = async () => ({ items: [{ id: 'a' }], next: `t${(read += 1)}` })

    const error = await rejection(ids(walkPages({ call: 'GET /users', item: Item, readPage, onSkipped: () => undefined })))

    expect(error).to.be.instanceOf(LeverCallError).with.property('kind', 'unreadable')
    expect(read).to.equal(MOST_PAGES + 1)
  })

  it('refuses an oversized page before it reads any item, and accepts a list that arrives whole', async () => {
    let read = 0
    const counted = Item.refine(() => (read += 1) > 0)
    const page = (count: number) => ({ data: Array.from({ length: count }, () => ({ id: 'a' })) })
    server = await startHttpServer((response, _request, count) => json(response, 200, page(count <= 4 ? 10_001 : 3000)))
    const list = () => ids(clientFor(server.url).client.list(leverPath`/users`, { item: counted }))

    expect(await rejection(list())).to.have.property('kind', 'unreadable')
    expect(read).to.equal(0)
    expect(await list()).to.have.length(3000)
  })

  it("refuses a response that nests deeper than any of Lever's before parsing it; brackets in texts do not count", async () => {
    const of = (inner: string) => `{"data":[{"id":"a","more":${inner}}]}`
    const nested = (depth: number) => of('['.repeat(depth) + ']'.repeat(depth))
    const answers = [of(JSON.stringify(`\\" ${'['.repeat(100)} \\`)), of(`[${'[],'.repeat(100)}{}]`), nested(61), ...Array<string>(4).fill(nested(62))] // prettier-ignore
    server = await startHttpServer((response, _request, count) => response.end(answers[count - 1]))
    const list = () => ids(clientFor(server.url).client.list(leverPath`/users`, { item: Item }))

    for (let taken = 0; taken < 3; taken += 1) expect(await list()).to.deep.equal(['a'])
    expect(await rejection(list())).to.have.property('kind', 'unreadable')
  })

  it('refuses a token that is far too long, with or without hasNext', async () => {
    for (const hasNext of [true, undefined]) {
      const page = { data: [{ id: 'a' }], hasNext, next: 'x'.repeat(4001) }
      expect(await rejection(ids(await listOf([page, page, page, page])))).to.have.property('kind', 'unreadable')
      expect(server.seen).to.have.length(1)
      await server.stop()
    }
  })

  it('does not report an incomplete list as complete', async () => {
    for (const page of [{ data: [{ id: 'a' }], hasNext: true }, { data: { id: 'a' } }, { hasNext: false }]) {
      expect(await rejection(ids(await listOf([page, page, page, page])))).to.have.property('kind', 'unreadable')
      await server.stop()
    }
  })
})

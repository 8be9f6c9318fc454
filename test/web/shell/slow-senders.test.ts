import { once } from 'node:events'
import { request as httpRequest, type ClientRequest, type IncomingMessage, type Server } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { expect } from 'chai'
import { restore, useFakeTimers, type SinonFakeTimers } from 'sinon'
import { z } from 'zod'
import { parseForm } from '../../../src/web/shell/page-session.ts'
import { page } from '../../../src/web/shell/page-route.ts'
import { createWebServer } from '../../../src/web/web-server.ts'
import { connectEmptyDatabase, leaveDatabase } from '../../support/mongo.ts'
import { startWeb, type RunningWeb, type SignedIn } from '../../support/web.ts'

const SILENCE_MS = 20_000
const FORM = 'application/x-www-form-urlencoded'

describe('slow senders', () => {
  let web: RunningWeb
  let person: SignedIn

  before(async () => {
    await connectEmptyDatabase()
    const Chosen = z.object({ id: z.array(z.string()) })
    web = await startWeb({
      pages: () => [
        [
          page.post('/chosen', { access: 'sourcer' }, (ctx) => {
            ctx.body = { chosen: parseForm(ctx, Chosen).id.length }
          }),
        ],
      ],
    })
    person = await web.signIn('ana@acme.example')
  })
  afterEach(() => restore())
  after(async () => {
    await web.stop()
    await leaveDatabase()
  })

  function startForm(): ClientRequest {
    const headers = { cookie: person.cookie, 'x-csrf-token': person.csrfToken, 'content-type': FORM }
    return httpRequest(`${web.url}/chosen`, { method: 'POST', headers })
  }

  /** Sends a piece of a form, and waits until the server has read it and restarted its timer. */
  async function sendPiece(form: ClientRequest, piece: string, clock: SinonFakeTimers): Promise<void> {
    await new Promise<void>((resolve, reject) => form.write(piece, (error) => (error ? reject(error) : resolve())))
    const watches = () => [...((clock as unknown as { timers?: Map<number, { callAt: number }> }).timers?.values() ?? [])]
    while (!watches().some(({ callAt }) => callAt === clock.now + SILENCE_MS)) {
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  it('time out when they stop sending a form', async () => {
    const clock = useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldClearNativeTimers: true })
    const form = startForm()
    const answered = once(form, 'response') as Promise<[IncomingMessage]>

    await sendPiece(form, 'id=1&', clock)
    await clock.tickAsync(SILENCE_MS + 1)

    const [response] = await answered
    expect(response.statusCode).to.equal(408)
    expect(response.headers.connection).to.equal('close')
    form.destroy()
  })

  it('may take longer as long as they keep sending', async () => {
    const clock = useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldClearNativeTimers: true })
    const form = startForm()
    const answered = once(form, 'response') as Promise<[IncomingMessage]>

    for (const id of [1, 2, 3]) {
      await sendPiece(form, `id=${id}&`, clock)
      await clock.tickAsync(SILENCE_MS - 5000)
    }
    form.end()

    const [response] = await answered
    expect(response.statusCode).to.equal(200)
    response.resume()
  })

  it('can send a selection of any size as a list, but no more fields than any form has', async () => {
    const send = (count: number) => {
      const body = Array.from({ length: count }, (_, index) => `id=${index}`).join('&')
      const headers = { cookie: person.cookie, 'x-csrf-token': person.csrfToken, 'content-type': FORM }
      return web.call('POST', '/chosen', { body, headers })
    }

    expect(await (await send(21)).json()).to.deep.equal({ chosen: 21 })
    expect(await (await send(5000)).json()).to.deep.equal({ chosen: 5000 })
    expect((await send(10_001)).status).to.equal(413)
  })

  describe('before the end of the headers', () => {
    let server: Server

    before(async () => {
      server = createWebServer(() => undefined)
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    })
    after(() => {
      server.closeAllConnections()
      server.close()
    })

    it('have 15 s', () => {
      expect(server.headersTimeout).to.equal(15_000)
    })

    it('get 408 when the time is over', async () => {
      server.headersTimeout = 100
      const { port } = server.address() as AddressInfo
      const socket = connect(port, '127.0.0.1')
      socket.write('GET / HTTP/1.1\r\nHost: x\r\n')

      const [answer] = (await once(socket, 'data')) as [Buffer]

      expect(answer.toString()).to.match(/^HTTP\/1\.1 408 /)
      socket.destroy()
    })
  })
})

import { expect } from 'chai'
import { once } from 'node:events'
import { createServer, request, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { leadingToken } from '../../../src/web/shell/leading-token.ts'

const TYPE = 'multipart/form-data; boundary=--a.b(c)'
const field = (name: string, value: string) => `----a.b(c)\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
const END = '----a.b(c)--\r\n'

describe('leading CSRF token in a form with files', () => {
  let server: Server
  let port: number

  before(async () => {
    server = createServer((incoming, answer) => {
      void tellOf(incoming).then((found) => answer.end(JSON.stringify(found)))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    ;({ port } = server.address() as AddressInfo)
  })
  after(() => {
    server.closeAllConnections()
    server.close()
  })

  /** Sends the pieces one after another, each in a separate packet. */
  const send = async (pieces: string[], type = TYPE) => {
    const outgoing = request({ port, method: 'POST', headers: { 'content-type': type } })
    outgoing.setNoDelay(true)
    const answered = once(outgoing, 'response') as Promise<[IncomingMessage]>
    for (const piece of pieces) {
      outgoing.write(piece)
      await new Promise((next) => setTimeout(next, 20))
    }
    outgoing.end()
    const [answer] = await answered
    return JSON.parse(await readAll(answer)) as { token: string; body: string }
  }

  it('is read, and the body remains unchanged', async () => {
    const body = field('_csrf', 'token-1') + field('file', 'x'.repeat(200_000)) + END

    expect(await send([body])).to.deep.equal({ token: 'token-1', body })
  })

  it('is read when it arrives in pieces, however they are cut', async () => {
    const body = field('_csrf', 'token-1') + field('file', 'a,b') + END

    for (const cut of [1, 12, 40, 58, 62, 66, 70]) {
      expect(await send([body.slice(0, cut), body.slice(cut)])).to.deep.equal({ token: 'token-1', body })
    }
  })

  it('is ignored if it comes later, has another type, or the body ends before it', async () => {
    const bodies = [
      field('file', 'a,b') + field('_csrf', 'token-1') + END,
      field('_csrf', 'two\r\nlines') + END,
      field('_csrf', 't'.repeat(3000)) + END,
      '----a.b(c)\r\nContent-Disp',
      'x',
    ]

    for (const body of bodies) expect(await send([body])).to.deep.equal({ token: '', body })
    expect((await send([field('_csrf', 'token-1') + END], 'multipart/form-data')).token).to.equal('')
    expect((await send([])).token).to.equal('')
  })
})

async function tellOf(incoming: IncomingMessage): Promise<{ token: string; body: string }> {
  const token = await leadingToken(incoming)
  return { token, body: await readAll(incoming) }
}

async function readAll(message: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = []
  for await (const piece of message) pieces.push(piece as Buffer)
  return Buffer.concat(pieces).toString()
}

import { once } from 'node:events'
import type { Server } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { expect } from 'chai'
import { createWebServer } from '../../src/web/web-server.ts'

const HEAD = 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000000\r\n'
const PIECE = Buffer.alloc(64 * 1024)
/** More than the buffers of a connection hold, so that sending all of it proves that the other end reads. */
const PIECES_AFTERWARDS = 200

describe('response before the end of the request', () => {
  let server: Server
  let answered: Promise<unknown>

  before(async () => {
    server = createWebServer((_request, response) => {
      answered = once(response, 'close')
      response.writeHead(413, { 'Content-Length': 9 }).end('too large')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  })
  after(() => {
    server.closeAllConnections()
    server.close()
  })

  /** A sender that has sent its headers and received its answer, but reads only on request. */
  async function answeredSender(header = ''): Promise<Socket> {
    const socket = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', allowHalfOpen: true }).pause()
    await once(socket, 'connect')
    socket.on('error', () => undefined) // `send` reports it
    const requested = once(server, 'request')
    socket.write(`${HEAD}${header}\r\n`)
    await requested
    await answered
    return socket
  }

  const send = (socket: Socket) => new Promise<void>((sent, failed) => socket.write(PIECE, (error) => (error ? failed(error) : sent())))

  for (const [kind, header] of [
    ['', ''],
    [' and asked for the end of the connection', 'Connection: close\r\n'],
  ] as const) {
    it(`is read by a sender that keeps sending${kind}, and closes its connection`, async () => {
      const socket = await answeredSender(header)

      for (let piece = 0; piece < PIECES_AFTERWARDS; piece += 1) await send(socket)

      let answer = ''
      for await (const piece of socket) answer += String(piece)
      socket.end()
      expect(answer).to.match(/^HTTP\/1\.1 413 .*Connection: close\r\n.*too large$/s)
    })

    it(`cuts off a sender that keeps sending${kind} forever`, async () => {
      const socket = await answeredSender(header)
      const begin = performance.now()
      const refused = (async () => {
        for (;;) await send(socket)
      })()

      expect(await refused.catch((error: NodeJS.ErrnoException) => error.code)).to.be.oneOf(['EPIPE', 'ECONNRESET'])
      expect(performance.now() - begin).to.be.within(1000, 10_000)
      socket.destroy()
    })
  }
})

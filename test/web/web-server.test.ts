import { once } from 'node:events'
import type { Server } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { createWebServer } from '../../src/web/web-server.ts'

const HEAD = 'POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 100000000\r\n\r\n'

describe('an answer before the end of its request', () => {
  let server: Server

  before(async () => {
    server = createWebServer((_request, response) => response.writeHead(413, { 'Content-Length': 9 }).end('too large'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  })
  after(() => {
    server.closeAllConnections()
    server.close()
  })

  /** Sends a piece of the body every few ms, and reads only when told to. */
  async function startSending(): Promise<{ socket: Socket; errors: Error[]; stop: () => void }> {
    const socket = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', allowHalfOpen: true }).pause()
    const errors: Error[] = []
    socket.on('error', (error) => errors.push(error))
    await once(socket, 'connect')
    socket.write(HEAD)
    const interval = setInterval(() => socket.write(Buffer.alloc(64 * 1024)), 5)
    socket.once('close', () => clearInterval(interval))
    return { socket, errors, stop: () => clearInterval(interval) }
  }

  it('is read by a sender that goes on sending, and whose connection ends with it', async () => {
    const { socket, errors, stop } = await startSending()
    await sleep(300)

    expect(errors).to.deep.equal([])
    stop()
    let answer = ''
    for await (const piece of socket) answer += String(piece)
    socket.end()
    expect(answer).to.match(/^HTTP\/1\.1 413 .*too large$/s)
  })

  it('is not waited on for ever: who goes on sending is cut off', async () => {
    const { socket } = await startSending()
    const begin = performance.now()
    await new Promise((closed) => socket.resume().once('close', closed))

    expect(performance.now() - begin).to.be.within(1000, 10_000)
  })
})

import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import { expect } from 'chai'
import { z } from 'zod'
import { leverPath } from '../../src/lever/lever-path.ts'
import { classifyWriteError } from '../../src/lever/write-outcome.ts'
import { rejection } from '../support/rejection.ts'
import { clientFor, type ClientSettings } from './client-under-test.ts'
import { json, startHttpServer, startTcpServer, type TestServer } from './http-server.ts'

const Any = z.unknown()

describe('lever/client: beforeSend', () => {
  let server: TestServer | undefined
  let opened: Socket[]
  const onSocket = (message: unknown): void => void opened.push((message as { socket: Socket }).socket)

  beforeEach(() => {
    opened = []
    subscribe('net.client.socket', onSocket)
  })

  afterEach(async () => {
    unsubscribe('net.client.socket', onSocket)
    await server?.stop()
    server = undefined
  })

  const bytesWritten = (): number => opened.reduce((sum, socket) => sum + socket.bytesWritten, 0)

  it('is called when the connection is established, and the bytes follow before the event loop turns', async () => {
    server = await startHttpServer((response) => json(response, 200, {}))
    const found: Record<string, unknown>[] = []
    const beforeSend = (): void => {
      found.push({ connecting: opened[0]?.connecting, sent: bytesWritten() })
      setImmediate(() => found.push({ connecting: opened[0]?.connecting, sent: bytesWritten() > 100 }))
    }

    await clientFor(server.url).client.write('POST', leverPath`/opportunities`, { json: { name: 'Ada' }, schema: Any, beforeSend })

    expect(opened).to.have.length(1)
    expect(found).to.deep.equal([
      { connecting: false, sent: 0 },
      { connecting: false, sent: true },
    ])
  })

  it('prevents the write by throwing: nothing is sent, and its error is passed on', async () => {
    const received: Buffer[] = []
    server = await startTcpServer((socket) => socket.on('data', (chunk) => received.push(chunk)))
    const lost = new Error('the lease is lost')
    const beforeSend = (): never => {
      throw lost
    }

    const error = await rejection(
      clientFor(server.url).client.write('POST', leverPath`/opportunities`, { json: {}, schema: Any, beforeSend }),
    )

    expect(error).to.equal(lost)
    expect(classifyWriteError(error)).to.equal('nothing')
    expect(server.connections()).to.equal(1)
    expect(bytesWritten()).to.equal(0)
    expect(received).to.deep.equal([])
  })

  it('comes after every wait: for the budget, for the token, and for the connection', async () => {
    const order: string[] = []
    const later = <T>(what: string, value: T): Promise<T> =>
      new Promise((resolve) => {
        setTimeout(() => {
          order.push(what)
          resolve(value)
        }, 20)
      })
    const settings: ClientSettings = {
      budget: { take: () => later('budget', undefined) },
      credentials: { fingerprint: () => later('fingerprint', 'f'), header: () => later('header', 'Bearer old') },
    }
    server = await startHttpServer((response) => {
      order.push('request')
      json(response, 200, {})
    })

    await clientFor(server.url, settings).client.write('POST', leverPath`/x`, {
      schema: Any,
      beforeSend: () => void order.push('beforeSend'),
    })

    expect(order).to.deep.equal(['fingerprint', 'budget', 'header', 'beforeSend', 'request'])
  })

  it('is not called if no connection is established', async () => {
    const refusing = await startTcpServer(() => undefined)
    await refusing.stop()
    let called = 0

    await rejection(clientFor(refusing.url).client.write('POST', leverPath`/x`, { schema: Any, beforeSend: () => void (called += 1) }))

    expect(called).to.equal(0)
  })

  it('is called again before the repeat after a 401, and may prevent the repeat', async () => {
    server = await startHttpServer((response) => json(response, 401))
    let called = 0
    const beforeSend = (): void => {
      called += 1
      if (called === 2) throw new Error('the lease is lost')
    }

    const error = await rejection(clientFor(server.url).client.write('POST', leverPath`/x`, { schema: Any, beforeSend }))

    expect(error.message).to.equal('the lease is lost')
    expect(classifyWriteError(error)).to.equal('nothing')
    expect(server.seen).to.have.length(1)
  })

  it('follows the preparation of the call, which runs again before the repeat after a 401 and may prevent the repeat', async () => {
    server = await startHttpServer((response) => json(response, 401))
    let called = 0
    const prepare = async (): Promise<void> => {
      called += 1
      if (called === 2) throw new Error('the person was erased')
    }

    const error = await rejection(clientFor(server.url).client.write('POST', leverPath`/x`, { schema: Any, prepare }))

    expect(error.message).to.equal('the person was erased')
    expect(classifyWriteError(error)).to.equal('nothing')
    expect(server.seen).to.have.length(1)
  })
})

import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { expect } from 'chai'
import Koa from 'koa'
import { compression } from '../../../src/web/shell/compression.ts'
import { eventually } from '../../support/eventually.ts'

describe('compressed streams', () => {
  let isReturned = false
  const errors: Error[] = []
  const serve = async (rows: () => AsyncGenerator<string>) => {
    const app = new Koa()
    app.on('error', (error: Error) => errors.push(error))
    app.use(compression())
    app.use((ctx) => {
      ctx.type = 'text/csv'
      ctx.body = Readable.from(rows())
    })
    const server = app.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return { server, port: (server.address() as AddressInfo).port }
  }
  const line = () => `${Math.random()},`.repeat(200)

  it('are cut off if what they compress fails', async () => {
    const { server, port } = await serve(async function* () {
      for (let row = 0; row < 500; row += 1) yield line()
      throw new Error('the database is gone')
    })
    try {
      const request = get({ port, host: '127.0.0.1', headers: { 'Accept-Encoding': 'gzip' } })
      const [response] = (await once(request, 'response')) as [IncomingMessage]
      response.on('error', () => undefined)
      response.resume()
      await eventually('the answer ends', () => response.closed, 3000)
      expect(response.complete).to.equal(false)
      expect(errors.map(({ message }) => message)).to.include('the database is gone')
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })

  it('end what they compress if the browser goes away', async () => {
    const { server, port } = await serve(async function* () {
      try {
        for (;;) {
          yield line()
          await new Promise(setImmediate)
        }
      } finally {
        isReturned = true
      }
    })
    try {
      const request = get({ port, host: '127.0.0.1', headers: { 'Accept-Encoding': 'gzip' } })
      request.on('error', () => undefined)
      const [response] = (await once(request, 'response')) as [IncomingMessage]
      response.on('error', () => undefined)
      await once(response, 'data')
      request.destroy()
      await eventually('the source ends', () => isReturned)
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })
})

import { createServer, request as httpRequest, type Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { readBytes } from '../../../src/web/shell/request-body.ts'

describe('request body', () => {
  let server: Server
  let outcome: Promise<string>

  before(async () => {
    server = createServer((request, response) => {
      const patience = request.url === '/slow' ? [100] : []
      outcome = readBytes(request, 10, ...patience).then(String, (error: { code: string }) => error.code)
      void outcome.then((text) => response.end(text))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  })
  after(() => {
    server.closeAllConnections()
    server.close()
  })

  const send = (write: (request: ReturnType<typeof httpRequest>) => void, path = '/') =>
    new Promise<string>((resolve, reject) => {
      const { port } = server.address() as AddressInfo
      const request = httpRequest({ port, host: '127.0.0.1', method: 'POST', path }, (response) => {
        response.setEncoding('utf8').on('data', resolve)
      })
      request.on('error', reject)
      write(request)
    })

  it('is read unchanged, up to the limit', async () => {
    expect(await send((request) => request.end('0123456789'))).to.equal('0123456789')
  })

  it('is refused over the limit, so that the sender can read why', async () => {
    expect(await send((request) => request.end('0123456789a'))).to.equal('payload_too_large')
    const chunked = send((request) => {
      request.write('012345')
      request.end('6789ab')
    })
    expect(await chunked).to.equal('payload_too_large')
  })

  it('is refused if it arrives too slowly', async () => {
    expect(await send((request) => request.write('012'), '/slow')).to.equal('request_timeout')
  })

  it('is refused if the sender disconnects', async () => {
    const arrived = once(server, 'request')
    const gone = send((request) => {
      request.write('012')
      void arrived.then(() => request.destroy())
    })

    await gone.catch(() => null)
    expect(await outcome).to.equal('bad_request')
  })
})

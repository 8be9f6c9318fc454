import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { z } from 'zod'
import { leverPath } from '../../src/lever/lever-path.ts'
import { rejection } from '../support/rejection.ts'
import { clientFor } from './client-under-test.ts'
import { LOCALHOST_CERTIFICATE, LOCALHOST_KEY } from './localhost-certificate.ts'

const Any = z.unknown()

describe('lever/client over TLS', () => {
  let server: Server
  let bodies: string[]
  let url: string

  before(async () => {
    server = createServer({ key: LOCALHOST_KEY, cert: LOCALHOST_CERTIFICATE }, (request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        bodies.push(Buffer.concat(chunks).toString('utf8'))
        response.end('{"data":{"id":"o1"}}')
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `https://localhost:${(server.address() as AddressInfo).port}`
  })

  beforeEach(() => {
    bodies = []
  })

  after(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })

  /** Node reads it with every connection; the write's own, that is: got insists on a certificate for reads. */
  async function trusting<T>(run: () => Promise<T>): Promise<T> {
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'
    try {
      return await run()
    } finally {
      delete process.env['NODE_TLS_REJECT_UNAUTHORIZED']
    }
  }

  it('sends nothing to a server with an untrusted certificate', async () => {
    const { client } = clientFor(url)

    const write = await rejection(client.write('POST', leverPath`/opportunities`, { json: {}, schema: Any }))
    const read = await rejection(client.get(leverPath`/users`, { schema: Any }))

    expect(write).to.include({ kind: 'tls', requestMayHaveArrived: false })
    expect(read).to.have.property('kind', 'tls')
    expect(bodies).to.deep.equal([])
  })

  it('writes, unless beforeSend prevents it', async () => {
    const { client } = clientFor(url)
    const lost = new Error('the lease is lost')
    const refuse = (): never => {
      throw lost
    }
    const write = (beforeSend: () => void) =>
      client.write('POST', leverPath`/opportunities`, { json: { name: 'Ada' }, schema: Any, beforeSend })

    expect(await trusting(() => rejection(write(refuse)))).to.equal(lost)
    expect(bodies).to.deep.equal([])
    const written = await trusting(() => write(() => undefined))

    expect(written).to.deep.equal({ status: 200, body: { data: { id: 'o1' } } })
    expect(bodies).to.deep.equal(['{"name":"Ada"}'])
  })
})

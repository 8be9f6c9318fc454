import { createServer, request as httpRequest, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { expect } from 'chai'
import { isServiceError } from '../../../src/errors.ts'
import { namedUpload } from '../../../src/web/shell/uploaded-file.ts'

const LIMIT = 100_000
const LARGE = 5_000_000
/** Applies only at `/pauses`, so that no other upload times out when this process is suspended. */
const PAUSE_MS = 150

/** Reads each upload to its end, only its first piece at `/first`, with a short pause limit at `/pauses`, or up to a larger limit at `/large`. Answers with its length, or the code of the refusal. */
function startReader(): Promise<Server> {
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      let bytes = 0
      const patience = request.url === '/pauses' ? { pauseMs: PAUSE_MS } : {}
      const { filename, pieces } = await namedUpload(request, {
        field: 'file',
        limitBytes: request.url === '/large' ? LARGE : LIMIT,
        ...patience,
      })
      for await (const piece of pieces) {
        bytes += piece.length
        if (request.url === '/first') break
      }
      response.end(request.url === '/name' ? `${filename} ${bytes}` : String(bytes))
    } catch (error) {
      response.statusCode = 400
      response.end(isServiceError(error) ? error.code : String(error))
    }
  }
  const server = createServer((request, response) => void answer(request, response))
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)))
}

describe('uploaded file', () => {
  let server: Server
  let url: string

  before(async () => {
    server = await startReader()
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  after(() => {
    server.closeAllConnections()
    server.close()
  })

  const streamed = (bytes: number): RequestInit =>
    ({
      method: 'POST',
      headers: { 'content-type': 'text/csv' },
      body: new Blob([new Uint8Array(bytes)]).stream(),
      duplex: 'half',
    }) as RequestInit
  const multipart = (bytes: number): RequestInit => {
    const body = new FormData()
    body.append('file', new Blob([new Uint8Array(bytes)]), 'a.csv')
    return { method: 'POST', body }
  }
  const send = async (init: RequestInit, path = '/') => (await fetch(url + path, init)).text()

  for (const [what, headers] of [
    [
      'that names files over and over',
      `Content-Disposition: form-data; name="file"; ${'filename="'.repeat(6000)}\r\nContent-Type: text/csv\r\n`,
    ],
    ['of thousands of lines', `Content-Disposition: form-data; name="file"; filename="a.csv"\r\n${'X-Y: z\r\n'.repeat(9000)}`],
  ] as const) {
    it(`is read like any other with the header ${what}`, async () => {
      const body = `--b\r\n${headers}\r\nname\r\n--b--\r\n`

      expect(await send({ method: 'POST', headers: { 'content-type': 'multipart/form-data; boundary=b' }, body })).to.equal('4')
    }).timeout(5000)
  }

  for (const [head, name] of [
    ['filename="a \\"b\\" c.pdf"\r\nContent-Type: application/pdf', 'a "b" c.pdf'],
    ['filename="a %22b%22 c.pdf"', 'a "b" c.pdf'],
    ["filename*=UTF-8''%C3%85sa%20%22x%22.pdf", 'Åsa "x".pdf'],
    ['filename="A.pdf"; filename*=UTF-8\'\'%C3%85.pdf', 'Å.pdf'],
    ['filename=plain.csv\r\nContent-Type: text/csv; charset=utf-8', 'plain.csv'],
    ['filename="untyped.csv"', 'untyped.csv'],
  ] as const) {
    it(`has its name and bytes with ${head.replaceAll('\r\n', ' ')}`, async () => {
      const body = `--b\r\nContent-Disposition: form-data; name="file"; ${head}\r\n\r\n1234\r\n--b--\r\n`
      const init = { method: 'POST', headers: { 'content-type': 'multipart/form-data; boundary=b' }, body }

      expect(await send(init, '/name')).to.equal(`${name} 4`)
    })
  }

  const ofFile = (content: string, end = '\r\n--b--\r\n') => ({
    method: 'POST',
    headers: { 'content-type': 'multipart/form-data; boundary=b' },
    body: `--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n${content}${end}`,
  })

  for (const [what, unit] of [
    ['carriage returns', '\r'],
    ['blank lines', '\r\n'],
    ['what looks like the beginning of a boundary', '\r\n--'],
  ] as const) {
    it(`costs little more if it consists only of ${what}`, async () => {
      const costOf = async (content: string): Promise<number> => {
        const before = process.cpuUsage()
        expect(await send(ofFile(content), '/large')).to.equal(String(content.length))
        const { user, system } = process.cpuUsage(before)
        return user + system
      }
      await costOf('x'.repeat(LARGE))

      const plain = await costOf('x'.repeat(LARGE))
      expect(await costOf(unit.repeat(LARGE / unit.length))).to.be.below(plain * 40)
    })
  }

  it('is refused at once if the multipart body has no end', async () => {
    expect(await send(ofFile('1234', ''))).to.equal('bad_request')
    expect(await send(ofFile('1234', '\r\n'))).to.equal('bad_request')
  })

  it('is refused if there are two, or none with that name', async () => {
    const another = '\r\n--b\r\nContent-Disposition: form-data; name="file"; filename="b.csv"\r\n\r\n5'
    expect(await send(ofFile(`1234${another}`))).to.equal('invalid_request')
    const { body, ...rest } = ofFile('1234')
    expect(await send({ ...rest, body: body.replace('name="file"', 'name="other"') })).to.equal('invalid_request')
  })

  for (const [how, upload] of [
    ['a body', streamed],
    ['a multipart field', multipart],
  ] as const) {
    // prettier-ignore
    it(`is read from ${how} up to the limit, and refused one byte beyond`, async () => {
      expect(await send(upload(LIMIT))).to.equal(String(LIMIT))
      expect(await send(upload(LIMIT + 1))).to.equal('payload_too_large')
    })

    it(`may be empty in ${how}`, async () => {
      expect(await send(upload(0))).to.equal('0')
    })

    it(`leaves the connection usable when not all of ${how} is read`, async () => {
      const answers = await Promise.all(Array.from({ length: 4 }, async () => send(upload(LIMIT), '/first')))

      expect(answers.every((answer) => Number(answer) > 0)).to.equal(true)
      expect(await send(upload(10))).to.equal('10')
    })
  }

  for (const [what, contentType, beginning] of [
    ['a body', 'text/csv', 'name'],
    ['a multipart body before its field', 'multipart/form-data; boundary=x', '--x\r\n'],
    ['a field', 'multipart/form-data; boundary=x', '--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\nname'],
  ] as const) {
    it(`is given up when the sender of ${what} pauses`, async () => {
      const since = performance.now()
      const headers = { 'content-type': contentType, 'content-length': LIMIT }
      const request = httpRequest(`${url}/pauses`, { method: 'POST', headers })
      request.write(beginning)
      const [response] = (await once(request, 'response')) as [IncomingMessage]

      expect(await text(response)).to.equal('request_timeout')
      expect(performance.now() - since).to.be.within(PAUSE_MS - 5, 10_000)
      request.destroy()
    })
  }

  it('is refused by its declared length before it is read', async () => {
    const status = await new Promise<string>((resolve) => {
      const request = httpRequest(
        url,
        { method: 'POST', headers: { 'content-type': 'text/csv', 'content-length': LIMIT * 2 } },
        (response) => {
          response.setEncoding('utf8').once('data', resolve)
        },
      )
      request.flushHeaders()
    })

    expect(status).to.equal('payload_too_large')
  })
})

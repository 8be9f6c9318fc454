import { get } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { expect } from 'chai'
import { connectEmptyDatabase, leaveDatabase } from '../../support/mongo.ts'
import { startWeb, type RunningWeb } from '../../support/web.ts'

interface Received {
  encoding: string | undefined
  vary: string
  bytes: Buffer
}

describe('compression', () => {
  let web: RunningWeb
  let cookie: string

  before(async () => {
    await connectEmptyDatabase()
    web = await startWeb({})
    cookie = (await web.signIn('ana@acme.example')).cookie
  })
  after(async () => {
    await web.stop()
    await leaveDatabase()
  })

  /** Reads an answer as it is sent, which `fetch` would decompress. */
  const receive = async (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Received> =>
    new Promise((resolve, reject) => {
      get(new URL(path, web.url), { method, headers: { cookie, 'accept-encoding': 'gzip, br', ...headers } }, (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject)
        answer.on('end', () =>
          resolve({
            encoding: answer.headers['content-encoding'],
            vary: String(answer.headers.vary),
            bytes: Buffer.concat(chunks),
          }),
        )
      }).on('error', reject)
    }) // prettier-ignore

  /** Tokens and request ids differ between two pages. */
  const page = (bytes: Buffer): string => bytes.toString().replaceAll(/[\w-]{100,}|[0-9a-f-]{36}/g, '…')

  for (const [what, path] of [['pages', '/candidates'], ['the API', '/api/openapi.json'], ['pages about errors', '/nothing-here']] as const)
    it(`makes ${what} much smaller, and changes nothing in them`, async () => {
      const [packed, plain] = [await receive(path, { accept: '*/*' }), await receive(path, { accept: '*/*', 'accept-encoding': 'identity' })]

      expect([packed.encoding, plain.encoding]).to.deep.equal(['gzip', undefined])
      expect(packed.vary).to.include('Accept-Encoding')
      expect(packed.bytes.length * 1.5).to.be.below(plain.bytes.length)
      expect(page(gunzipSync(packed.bytes))).to.equal(page(plain.bytes))
    }) // prettier-ignore

  it('leaves short answers, fonts, and answers to HEAD alone', async () => {
    expect((await receive('/healthz')).encoding).to.equal(undefined)
    expect((await receive('/assets/files/inter-latin-wght-normal.woff2')).encoding).to.equal(undefined)
    expect(await receive('/candidates', {}, 'HEAD')).to.deep.include({ encoding: undefined, bytes: Buffer.alloc(0) })
  })

  for (const site of ['cross-site', 'same-site'])
    it(`does not compress answers to requests from another site (${site}), so that their length reveals nothing`, async () => {
      expect((await receive('/candidates?q=guess', { 'sec-fetch-site': site })).encoding).to.equal(undefined)
      expect((await receive('/candidates?q=guess', { 'sec-fetch-site': 'same-origin' })).encoding).to.equal('gzip')
    })

  it('shows a different CSRF token on each page; forms accept each of them', async () => {
    const tokenOf = ({ bytes }: Received) => /<meta name="csrf-token" content="([^"]+)"/.exec(gunzipSync(bytes).toString())?.[1] ?? ''
    const tokens = [tokenOf(await receive('/candidates')), tokenOf(await receive('/candidates'))]
    const send = async (_csrf: string) =>
      web.call('POST', '/language', {
        body: new URLSearchParams({ _csrf, language: 'es' }).toString(),
        headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
      })

    expect(new Set(tokens).size).to.equal(2)
    expect((await Promise.all(tokens.map(send))).map(({ status }) => status)).to.deep.equal([303, 303])
    expect((await send('x'.repeat(115))).status).to.equal(403)
  })
})

import { expect } from 'chai'
import { z } from 'zod'
import { parseForm } from '../../../../src/web/shell/page-session.ts'
import { page, type PageRoute } from '../../../../src/web/shell/page-route.ts'
import { connectEmptyDatabase, leaveDatabase } from '../../../support/mongo.ts'
import { startWeb, type RunningWeb } from '../../../support/web.ts'
import { unmaskCsrfToken } from '../../../../src/web/shell/csrf-token.ts'
import { carriedToken, fieldsOf } from '../visitor.ts'

const taken: Record<string, string>[] = []

const somePages = (): PageRoute[][] => [
  [
    page.post('/notes', { access: 'sourcer' }, (ctx) => {
      taken.push(parseForm(ctx, z.record(z.string(), z.string())))
      ctx.body = 'taken'
    }),
    page.get('/some-part', { access: 'sourcer' }, (ctx) => void (ctx.body = 'part')),
  ],
]

describe('form with an expired session', () => {
  let web: RunningWeb

  before(async () => {
    await connectEmptyDatabase()
    web = await startWeb({ pages: somePages })
  })
  after(async () => {
    await web.stop()
    await leaveDatabase()
  })
  beforeEach(() => void taken.splice(0))

  const TYPED = { title: 'Hello & <b>', body: '  two\nlines "quoted"' }
  const send = (path: string, fields: Record<string, string>, cookie: string, headers: Record<string, string> = {}) =>
    web.call('POST', path, {
      body: new URLSearchParams(fields).toString(),
      headers: { cookie, accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded', ...headers },
    })

  it('is kept on a page, and can be sent again after signing in', async () => {
    const before = await web.signIn('ana@acme.example')

    const ended = await send('/notes?x=1', { _csrf: before.csrfToken, ...TYPED }, '')
    const kept = await ended.text()

    expect(ended.status).to.equal(401)
    expect(kept).to.include('Your session has ended').and.include('action="/notes?x=1"').and.include('href="/sign-in" target="_blank"')
    expect(fieldsOf(kept)).to.include(TYPED)

    const now = await web.signIn('ana@acme.example')
    const again = await send('/notes?x=1', TYPED, now.cookie)
    const asked = await again.text()
    expect(again.status).to.equal(403)
    expect(asked).to.include('You signed in again after opening this form')
    expect(carriedToken(asked)).to.equal(unmaskCsrfToken(now.csrfToken))
    expect(fieldsOf(asked)).to.include(TYPED)
    expect(taken).to.deep.equal([])

    expect((await send('/notes?x=1', { _csrf: now.csrfToken, ...TYPED }, now.cookie)).status).to.equal(200)
    expect(taken).to.deep.equal([TYPED])
  })

  it('leads to the sign-in page if nothing was entered', async () => {
    const answer = await send('/notes', { _csrf: 'old' }, '')

    expect(answer.status).to.equal(303)
    expect(answer.headers.get('location')).to.equal('/sign-in')
  })

  it('leads back to the page that sent it', async () => {
    const sent = async (headers: Record<string, string>) => (await send('/notes', {}, '', headers)).headers.get('location')
    const polled = await web.call('GET', '/some-part', {
      headers: { accept: 'text/html', 'hx-request': 'true', 'hx-current-url': `${web.url}/a?b=c` },
    })

    expect(await sent({ referer: `${web.url}/some?x=1` })).to.equal('/sign-in?next=%2Fsome%3Fx%3D1')
    for (const referer of ['nonsense', 'about:blank', `${web.url}/`, `${web.url}//evil.example`])
      expect(await sent({ referer }), referer).to.equal('/sign-in')
    expect(polled.headers.get('hx-redirect')).to.equal('/sign-in?next=%2Fa%3Fb%3Dc')
  })

  it('is refused if it came from another site or from a script', async () => {
    const { cookie } = await web.signIn('ana@acme.example')

    const foreign = await send('/notes', TYPED, cookie, { origin: 'https://evil.example' })
    const script = await send('/notes', TYPED, cookie, { 'hx-request': 'true' })

    for (const answer of [foreign, script]) {
      expect(answer.status).to.equal(403)
      expect(await answer.text()).not.to.include('Hello')
    }
  })
})

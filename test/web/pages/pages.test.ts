import { expect } from 'chai'
import { ServiceError } from '../../../src/errors.ts'
import { page, type PageRoute } from '../../../src/web/shell/page-route.ts'
import { connectEmptyDatabase, leaveDatabase } from '../../support/mongo.ts'
import { unmaskCsrfToken } from '../../../src/web/shell/csrf-token.ts'
import { startWeb, type RunningWeb } from '../../support/web.ts'
import { carriedToken } from './visitor.ts'

const somePages = (): PageRoute[][] => [
  [
    page.get('/settings/some', { access: 'admin' }, (ctx) => {
      ctx.body = 'settings'
    }),
    page.get('/broken', { access: 'public' }, () => {
      throw new Error('inner words')
    }),
    page.get('/refused', { access: 'public' }, () => {
      throw new ServiceError('posting_closed', 'The posting <b>is</b> closed.', { hint: 'Choose another one.' })
    }),
  ],
]

describe('every page', () => {
  let web: RunningWeb

  before(async () => {
    await connectEmptyDatabase()
    web = await startWeb({ pages: somePages, authUrl: 'http://127.0.0.1:4010' })
  })
  after(async () => {
    await web.stop()
    await leaveDatabase()
  })

  const open = (path: string, headers: Record<string, string> = {}) =>
    web.call('GET', path, { headers: { cookie: '', accept: 'text/html', ...headers } })

  it('is available to the right role', async () => {
    const admin = await web.signIn('admin@acme.example', 'admin')
    const sourcer = await web.signIn('sourcer@acme.example', 'sourcer')

    const refused = await open('/settings/some', { cookie: sourcer.cookie })

    expect((await open('/settings/some', { cookie: admin.cookie })).status).to.equal(200)
    expect(refused.status).to.equal(403)
    expect(await refused.text()).not.to.contain('href="/settings/ats"')
    expect(await (await open('/candidates', { cookie: admin.cookie })).text()).to.contain('href="/settings/ats"')
  })

  it('applies a role change at once', async () => {
    const { cookie } = await web.signIn('demoted@acme.example', 'admin')
    await web.accounts.putPerson(web.organization, 'demoted@acme.example', { name: 'D', role: 'sourcer' }, 'operator')

    expect((await open('/settings/some', { cookie })).status).to.equal(403)
  })

  it('has Sign out, with the name of the person', async () => {
    const { cookie, csrfToken } = await web.signIn('zoë <b>@acme.example'.replace(' <b>', ''), 'sourcer')

    const html = await (await open('/candidates', { cookie })).text()

    expect(html).to.contain('Sign out')
    expect(carriedToken(html)).to.equal(unmaskCsrfToken(csrfToken))
    expect(html).to.contain('zoë@acme.example')
  })

  it('uses the language of the browser, or the chosen one', async () => {
    const spanish = await open('/sign-in', { 'accept-language': 'es-MX,es;q=0.9,en;q=0.5' })
    const german = await open('/sign-in', { 'accept-language': 'de' })
    const choice = await web.call('POST', '/language?next=%2Fsign-in', {
      body: 'language=es',
      headers: { cookie: '', 'content-type': 'application/x-www-form-urlencoded', origin: web.url },
    })
    const chosen = await open('/sign-in', { 'accept-language': 'en', cookie: choice.headers.getSetCookie()[0]?.split(';')[0] ?? '' })

    expect(await spanish.text()).to.match(/<html lang="es".*Iniciar sesión/)
    expect(await german.text()).to.contain('<html lang="en"')
    expect(choice.headers.get('location')).to.equal('/sign-in')
    const [languageForm = ''] = /<form[^>]*class="language".*?<\/form>/s.exec(await chosen.clone().text()) ?? []
    expect(languageForm).to.include('value="es"').and.not.include('type="hidden"')
    expect(await chosen.text()).to.contain('<html lang="es"')
  })

  it('allows no inline scripts, and allows forms to go to Lever', async () => {
    const response = await open('/sign-in')
    const policy = response.headers.get('content-security-policy') ?? ''

    expect(policy).to.contain("default-src 'self'")
    expect(policy).to.contain("form-action 'self' http://127.0.0.1:4010")
    expect(policy).to.contain('img-src')
    expect(policy).not.to.contain('unsafe')
    expect(policy).not.to.contain('upgrade-insecure-requests')
    expect(response.headers.has('strict-transport-security')).to.equal(false)
    expect(response.headers.get('cache-control')).to.equal('no-store')
  })

  it('hides the details of unexpected errors except the number', async () => {
    const response = await open('/broken')
    const html = await response.text()

    expect(response.status).to.equal(500)
    expect(html).to.contain(response.headers.get('x-request-id') ?? '?')
    expect(html).not.to.contain('inner words')
  })

  it('says what happened and what to do after a refusal, escaped', async () => {
    const response = await open('/refused')
    const html = await response.text()

    expect(response.status).to.equal(409)
    expect(html).to.contain('The posting &lt;b>is&lt;/b> closed.')
    expect(html).to.contain('Choose another one.')
  })

  it('is a page for people and a problem document for programs', async () => {
    const forPeople = await open('/nothing-here', { accept: 'text/html,*/*;q=0.8' })
    const forPrograms = await open('/nothing-here', { accept: 'application/json' })

    expect(forPeople.status).to.equal(404)
    expect(forPeople.headers.get('content-type')).to.match(/^text\/html/)
    expect(forPrograms.headers.get('content-type')).to.equal('application/problem+json')
    expect(((await forPrograms.json()) as { code: string }).code).to.equal('not_found')
  })

  it('handles other methods correctly', async () => {
    const response = await web.call('POST', '/candidates', { headers: { cookie: '', accept: 'application/json' } })

    expect(response.status).to.equal(405)
    expect(response.headers.get('allow')).to.equal('GET, HEAD, OPTIONS')
  })

  it('loads files that a browser may cache forever', async () => {
    const html = await (await open('/sign-in')).text()
    const sources = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, source]) => source ?? '')
    const font = await fetch(`${web.url}/assets/files/inter-latin-wght-normal.woff2`)

    for (const source of sources) {
      const response = await fetch(`${web.url}${source}`)
      expect(response.status, source).to.equal(200)
      expect(response.headers.get('cache-control')).to.contain('immutable')
      const again = await fetch(`${web.url}${source}`, {
        headers: { 'if-none-match': response.headers.get('etag') ?? '', 'cache-control': 'max-age=0' },
      })
      expect(again.status).to.equal(304)
    }
    expect(font.headers.get('content-type')).to.equal('font/woff2')
    expect(
      Buffer.from(await font.arrayBuffer())
        .subarray(0, 4)
        .toString(),
    ).to.equal('wOF2')
  })

  it('allows no other method at the address of a file', async () => {
    const responses = await Promise.all(['POST', 'DELETE', 'OPTIONS'].map((method) => fetch(`${web.url}/assets/fulcrum.css`, { method })))

    expect(responses.map(({ status }) => status)).to.deep.equal([405, 405, 204])
    for (const { headers } of responses) expect(headers.get('allow')).to.equal('GET, HEAD, OPTIONS')
  })

  it('serves nothing except its files', async () => {
    for (const name of [
      '../app.ts',
      '..%2fapp.ts',
      'files/..%2f..%2fpackage.json',
      '__proto__',
      'constructor',
      'files/inter-klingon-wght-normal.woff2',
      '',
    ]) {
      expect((await fetch(`${web.url}/assets/${name}`)).status, name).to.equal(404)
    }
  })

  it('requests no browser permissions, and has stored data cleared at sign-out', async () => {
    const { cookie, csrfToken } = await web.signIn('leaving@acme.example', 'admin')
    expect((await open('/settings/some', { cookie })).headers.get('permissions-policy')).to.contain('camera=()')

    const left = await web.call('POST', '/sign-out', { headers: { cookie, 'x-csrf-token': csrfToken } })

    expect(left.status).to.equal(303)
    expect(left.headers.get('clear-site-data')).to.equal('"cache", "storage"')
  })
})

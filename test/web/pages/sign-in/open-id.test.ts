import { expect } from 'chai'
import { got } from 'got'
import { useFakeTimers } from 'sinon'
import { CookieJar } from 'tough-cookie'
import { freePort } from '../../../../scripts/free-port.ts'
import { createOpenId } from '../../../../src/accounts/open-id.ts'
import { SessionModel } from '../../../../src/accounts/session-model.ts'
import { AuditEventModel } from '../../../../src/audit/audit-event-model.ts'
import { connectEmptyDatabase, leaveDatabase } from '../../../support/mongo.ts'
import { CLIENT, startOpenIdProvider, type OpenIdProvider } from '../../../support/openid-provider.ts'
import { startWeb, type RunningWeb } from '../../../support/web.ts'
import { browse } from '../visitor.ts'

describe('signing in with OpenID Connect', () => {
  let web: RunningWeb
  let provider: OpenIdProvider
  let providerHost: string
  let number = 0

  before(async () => {
    await connectEmptyDatabase()
    const { site, host, start } = await siteWithProvider()
    providerHost = host
    web = site
    provider = await start()
    await web.accounts.putPerson(web.organization, 'ana@acme.example', { name: 'Ana', role: 'sourcer' }, 'operator')
  })
  beforeEach(() => {
    provider.person = { email: 'ana@acme.example', emailVerified: true }
  })
  after(async () => {
    await web.stop()
    await provider.stop()
    await leaveDatabase()
  })

  /** A site with a configured provider, and `start`, which starts that provider. */
  async function siteWithProvider() {
    const port = await freePort()
    const settings = { issuer: `http://127.0.0.1:${port}`, ...CLIENT }
    const site = await startWeb({ trustedProxies: 1, openId: ({ publicUrl, sealer }) => createOpenId({ settings, publicUrl, sealer }) })
    const start = (claimsIn: 'idToken' | 'userInfo' = 'idToken') =>
      startOpenIdProvider({ redirectUri: `${site.url}/sign-in/oidc/callback`, port, claimsIn })
    return { site, host: `127.0.0.1:${port}`, start }
  }
  /** Uses a different address each time, so that no test reaches the limit of another. */
  const browser = (language = 'en') => browse(web.url, { language, address: `203.0.113.${(number += 1)}` })

  it('signs in the person with the verified email address, with PKCE, state, and nonce, and continues to the requested page', async () => {
    const visitor = browser()
    const { html } = await visitor.open('/sign-in?next=%2Fcandidates%3Fq%3Da')
    expect(html).to.contain(`Sign in with ${providerHost}`)

    const landed = await visitor.open('/sign-in/oidc?next=%2Fcandidates%3Fq%3Da')

    expect([landed.status, landed.path]).to.deep.equal([200, '/candidates?q=a'])
    expect(landed.html).to.contain('>Ana<')
    const asked = Object.fromEntries(provider.asked.at(-1) ?? [])
    expect(asked).to.include({ code_challenge_method: 'S256', response_type: 'code', scope: 'openid email' })
    for (const name of ['state', 'nonce', 'code_challenge']) expect(asked[name], name).to.match(/^[\w-]{40,}$/)
    expect(await AuditEventModel.countDocuments({ organization: web.organization, action: 'signIn.byOpenId' })).to.equal(1)
  })

  it('ends the previous session of the browser', async () => {
    const visitor = browser()
    await visitor.open('/sign-in/oidc')
    const sessions = await SessionModel.countDocuments()

    await visitor.open('/sign-in/oidc')

    expect(await SessionModel.countDocuments()).to.equal(sessions)
  })

  const refusals = [
    { what: 'an unverified email', person: { email: 'ana@acme.example', emailVerified: false }, words: 'has not verified your email' },
    { what: 'no word on whether it is verified', person: { email: 'ana@acme.example' }, words: 'has not verified your email' },
    { what: 'no email', person: {}, words: 'did not send your email address' },
    { what: 'the email of nobody here', person: { email: 'eve@acme.example', emailVerified: true }, words: 'No active person in Fulcrum' },
    { what: 'a refusal there', person: null, words: 'did not let you in' },
  ]
  for (const { what, person, words } of refusals) {
    it(`signs nobody in with ${what}, creates nobody, and says what to do`, async () => {
      const people = await web.accounts.listPeople(web.organization, { limit: 100 })
      provider.person = person
      const visitor = browser()

      const page = await visitor.open('/sign-in/oidc')

      expect(page.status).to.equal(400)
      expect(page.html).to.contain(words).and.contain('Try again')
      expect((await visitor.open('/candidates')).path).to.match(/^\/sign-in/)
      expect(await web.accounts.listPeople(web.organization, { limit: 100 })).to.deep.equal(people)
    })
  }

  it('does not sign in an inactive person, and says so in Spanish', async () => {
    await web.accounts.putPerson(web.organization, 'off@acme.example', { name: 'Off', role: 'sourcer', active: false }, 'operator')
    provider.person = { email: 'off@acme.example', emailVerified: true }

    const page = await browser('es').open('/sign-in/oidc')

    expect(page.status).to.equal(400)
    expect(page.html).to.contain('Ninguna persona activa en Fulcrum')
  })

  /** Goes to the provider and returns its callback, which nobody has opened yet. */
  async function comeBack(jar: CookieJar): Promise<string> {
    let address = `${web.url}/sign-in/oidc`
    for (let step = 0; step < 10; step += 1) {
      const { headers } = await got(address, {
        cookieJar: jar,
        followRedirect: false,
        headers: { 'x-forwarded-for': `203.0.113.${(number += 1)}` },
      })
      address = new URL(headers.location ?? '', address).href
      if (address.startsWith(`${web.url}/sign-in/oidc/callback?`)) return address
    }
    throw new Error('the provider never sent the browser back')
  }
  const openedBy = (address: string, jar: CookieJar, method: 'GET' | 'HEAD' = 'GET') =>
    got(address, { method, cookieJar: jar, followRedirect: false, throwHttpErrors: false, headers: { accept: 'text/html', 'x-forwarded-for': `203.0.113.${(number += 1)}` } }) // prettier-ignore

  it('accepts a response once, in the browser that began the sign-in, with its own state', async () => {
    const [jar, other] = [new CookieJar(), new CookieJar()]
    const address = await comeBack(jar)
    await comeBack(other)
    const forged = new URL(address)
    forged.searchParams.set('state', 'another')

    expect((await openedBy(address, new CookieJar())).body).to.contain('did not start in this browser')
    expect((await openedBy(address, other)).statusCode).to.equal(400)
    await openedBy(address, jar, 'HEAD')
    expect((await openedBy(address, jar)).statusCode).to.equal(303)
    expect((await openedBy(address, jar)).statusCode).to.equal(400)
    expect((await openedBy(forged.href, await begun())).statusCode).to.equal(400)
  })

  async function begun(): Promise<CookieJar> {
    const jar = new CookieJar()
    await comeBack(jar)
    return jar
  }

  it('accepts no response after ten minutes, whatever the browser keeps', async () => {
    const settings = { issuer: `http://${providerHost}`, ...CLIENT }
    const openId = createOpenId({ settings, publicUrl: web.url, sealer: web.sealer })
    const { flow } = await openId.begin('/')
    const reasonNow = () => openId.finish('?code=x&state=y', flow).catch((error: { reason: string }) => error.reason)

    expect(await reasonNow()).to.equal('failed')
    const clock = useFakeTimers({ now: Date.now() + 11 * 60_000, toFake: ['Date'] })
    try {
      expect(await reasonNow()).to.equal('notBegun')
    } finally {
      clock.restore()
    }
  })

  it('refuses a response with the code of another sign-in', async () => {
    const [mine, theirs] = [new CookieJar(), new CookieJar()]
    const [own, foreign] = [new URL(await comeBack(mine)), new URL(await comeBack(theirs))]
    own.searchParams.set('code', foreign.searchParams.get('code') ?? '')

    const { statusCode, body } = await openedBy(own.href, mine)

    expect(statusCode).to.equal(400)
    expect(body).to.contain('was not valid')
  })

  it('reads the email address from the userinfo endpoint if the ID token lacks it', async () => {
    const { site, start } = await siteWithProvider()
    const other = await start('userInfo')

    const landed = await browse(site.url).open('/sign-in/oidc?next=%2Faccount')

    expect([landed.status, landed.path]).to.deep.equal([200, '/account'])
    await site.stop()
    await other.stop()
  })

  it('shows a page while the provider is down, and works once it is back', async () => {
    const { site, start } = await siteWithProvider()
    const visitor = browse(site.url)

    const page = await visitor.open('/sign-in/oidc')
    const late = await start()
    const landed = await visitor.open('/sign-in/oidc?next=%2Faccount')

    expect([page.status, page.html.includes('cannot be reached')]).to.deep.equal([400, true])
    expect([landed.status, landed.path]).to.deep.equal([200, '/account'])
    await site.stop()
    await late.stop()
  })

  it('refuses an address after ten failures per minute', async () => {
    const visitor = browse(web.url, { address: '198.51.100.77' })

    for (let failure = 0; failure < 10; failure += 1)
      expect((await visitor.open('/sign-in/oidc/callback?code=x&state=y')).status).to.equal(400)

    expect((await visitor.open('/sign-in/oidc/callback?code=x&state=y')).status).to.equal(429)
  })
})

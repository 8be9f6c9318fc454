import { expect } from 'chai'
import { AUTHORIZATION_CAUSES } from '../../src/connection/authorization-failure.ts'
import { ConnectionModel } from '../../src/connection/connection-model.ts'
import { authorizationTexts } from '../../src/web/pages/ats/authorize/texts-authorization.ts'
import { startConnectionSite, type ConnectionSite } from './connection-site.ts'
import { ADMIN } from './build-connections.ts'

describe('web/pages: authorize Lever', () => {
  let site: ConnectionSite

  before(async () => {
    site = await startConnectionSite()
  })
  after(() => site.stop())
  beforeEach(async () => {
    await site.lever.clearFaults()
    await site.lever.revokeGrants() // else Lever does not ask for consent again
  })

  type Browser = ReturnType<ConnectionSite['newBrowser']>
  const pathOf = (url: string) => url.slice(site.web.url.length + 1)
  const newLink = async (): Promise<string> => {
    const made = await site.web.call('POST', '/api/v1/connection/authorize', { json: { userEmail: ADMIN } })
    expect(made.status).to.equal(201)
    const { authorizeUrl, expiresAt } = (await made.json()) as { authorizeUrl: string; expiresAt: string }
    expect(Date.parse(expiresAt) - Date.now()).to.be.within(590_000, 600_000)
    return authorizeUrl
  }
  /** From a new link through Lever, up to the address that Lever sends the browser to. */
  const throughLever = async ({ jar }: Browser, choice: { as?: string; accept?: boolean } = {}) =>
    pathOf(await site.lever.consent(await newLink(), { ...choice, jar }))

  it('leads from the link to Lever, back, and on to the webhooks, signed in', async () => {
    const browser = site.newBrowser()
    const done = await browser.open(await throughLever(browser))

    expect(done.statusCode).to.equal(303)
    expect(done.headers.location).to.equal('/settings/ats/webhooks')
    const page = await browser.open('settings/ats/webhooks')
    expect(page.statusCode).to.equal(200)
    expect(page.body)
      .to.include('Lever is connected')
      .and.include(`${site.web.url}/webhooks/lever/`)
      .and.include('Candidate Archive State Change')
  })

  /** The page that a link opens where its person is not signed in, and a way to press its button. */
  const ask = async ({ open }: Browser, link: string, headers: Record<string, string> = {}) => {
    const page = await open(link, { headers })
    const field = (name: string) => new RegExp(`name="${name}" value="([^"]+)"`).exec(page.body)?.[1]
    const fields = { continue: field('continue') ?? '', ...(field('_csrf') === undefined ? {} : { _csrf: field('_csrf') }) }
    return { page, fields, press: (more: Record<string, string> = {}) => open.post(link, { form: fields, headers: more }) }
  }
  const cookiesOf = (response: { headers: { 'set-cookie'?: string[] | undefined } }) => response.headers['set-cookie'] ?? []
  const sessionIn = async ({ jar }: Browser) => (await jar.getCookies(site.web.url)).find(({ key }) => key === 'fulcrum_session')?.value
  const signedIn = async (browser: Browser, email: string, role: 'admin' | 'sourcer' = 'admin') => {
    const { cookie } = await site.web.signIn(email, role)
    await browser.jar.setCookie(cookie, site.web.url)
    return browser
  }
  const asAdmin = async (browser: Browser) => {
    const admin = await site.web.accounts.getPerson(site.web.organization, ADMIN)
    const { token } = await site.web.accounts.startSession(site.web.organization, admin.id, { by: 'link' })
    await browser.jar.setCookie(`fulcrum_session=${token}`, site.web.url)
    return browser
  }

  it('shows whose link it is if nobody is signed in, and continues with the button, once', async () => {
    const browser = site.newBrowser()
    const link = pathOf(await newLink())
    expect((await browser.open.head(link)).headers).to.not.have.property('location')
    const first = await ask(browser, link)
    expect(first.page.statusCode).to.equal(200)
    expect(first.page.body).to.include('Connect Lever to Acme as Ada').and.include('Continue to Lever</button>')
    expect(cookiesOf(first.page).join()).to.not.include('fulcrum_session').and.not.include('fulcrum_authorize')
    expect((await ask(site.newBrowser(), link, { 'accept-language': 'es' })).page.body)
      .to.include('Conectar Lever con Acme como Ada')
      .and.include('Continuar a Lever</button>')

    const pressed = await first.press({ origin: site.web.url, 'sec-fetch-site': 'same-origin' })

    expect(pressed.statusCode).to.equal(303)
    const leverUrl = new URL(pressed.headers.location ?? '')
    expect(leverUrl.origin).to.equal(site.lever.authUrl)
    expect(leverUrl.searchParams.get('scope')).to.equal(
      'offline_access users:read:admin postings:read:admin stages:read:admin archive_reasons:read:admin requisitions:read:admin sources:read:admin contact:read:admin webhooks:write:admin opportunities:write:admin notes:write:admin',
    )
    expect(leverUrl.searchParams.get('code_challenge_method')).to.equal('S256')
    const cookies = cookiesOf(pressed).join('\n')
    expect(cookies).to.match(/fulcrum_authorize_[\w-]{16}=\S+; Path=\/; HttpOnly; SameSite=Lax/)
    expect(cookies).to.match(/fulcrum_session=\S+; Path=\/; HttpOnly; SameSite=Lax/)
    const again = await site.newBrowser().open(link)
    expect(again.statusCode).to.equal(400)
    expect(again.body)
      .to.include('has already been opened')
      .and.match(/<a[^>]*role="button"[^>]*>Authorize<\/a>/)
    expect(again.headers).to.not.have.property('set-cookie')
  })

  it('redirects at once with 303 if that admin is signed in, in the same session; HEAD and prefetch use nothing up', async () => {
    const browser = await asAdmin(site.newBrowser())
    const link = pathOf(await newLink())
    expect((await browser.open.head(link)).headers).to.not.have.property('location')
    expect((await browser.open(link, { headers: { 'sec-purpose': 'prefetch' } })).headers).to.not.have.property('location')
    const session = await sessionIn(browser)

    const opened = await browser.open(link)

    expect([opened.statusCode, new URL(opened.headers.location ?? '').origin]).to.deep.equal([303, site.lever.authUrl])
    expect(await sessionIn(browser)).to.equal(session)
  })

  describe('a link that the admin may not have opened', () => {
    /** Opens a new sign-in link of the admin in that browser, and presses Continue on its page where `press` says so. */
    const byLink = async (browser: Browser, path: string, { press = false } = {}) => {
      const validForSeconds = press ? 3600 : 60
      const made = await site.web.accounts.createSignInLink(site.web.organization, { userEmail: ADMIN, path, validForSeconds }, 'operator')
      const asked = await ask(browser, pathOf(made.url))
      const went = press ? await asked.press() : asked.page
      expect([went.statusCode, went.headers.location]).to.deep.equal([303, path])
      return browser
    }
    const expectAsked = async (browser: Browser, link: string, headers: Record<string, string>) => {
      const asked = await ask(browser, link, headers)
      expect(asked.page.statusCode).to.equal(200)
      expect(asked.page.body).to.include('Connect Lever to Acme as Ada').and.include('Continue to Lever</button>')
      expect(cookiesOf(asked.page).join()).to.not.include('fulcrum_authorize')
      expect((await asked.press({ origin: site.web.url, 'sec-fetch-site': 'same-origin' })).statusCode).to.equal(303)
    }
    const expectStraight = async (browser: Browser, link: string, headers: Record<string, string>) =>
      expect((await browser.open(link, { headers })).statusCode).to.equal(303)

    for (const from of ['cross-site', 'same-site']) {
      it(`asks if the browser reports that it comes ${from}, however the admin signed in`, async () => {
        await expectAsked(await asAdmin(site.newBrowser()), pathOf(await newLink()), { 'sec-fetch-site': from })
      })
    }

    for (const headers of [{}, { 'sec-fetch-site': 'none' }] as Record<string, string>[]) {
      const name = headers['sec-fetch-site'] ?? 'nothing'

      it(`asks if a sign-in link leads there, even indirectly (Sec-Fetch-Site: ${name})`, async () => {
        const viaSignIn = (path: string) => `/sign-in?next=${encodeURIComponent(path)}`
        for (const detours of [0, 1, 2]) {
          const link = pathOf(await newLink())
          let path = `/${link}`
          for (let detour = 0; detour < detours; detour += 1) path = viaSignIn(path)
          await expectAsked(await byLink(site.newBrowser(), path), link, headers)
        }
      })

      it(`continues at once after Continue was pressed on the page of the sign-in link (Sec-Fetch-Site: ${name})`, async () => {
        const link = pathOf(await newLink())
        await expectStraight(await byLink(site.newBrowser(), `/${link}`, { press: true }), link, headers)
      })
    }

    it('continues at once in the session of a link that led elsewhere: from a page of this site, by a typed address, or without Sec-Fetch-Site', async () => {
      const browser = await byLink(site.newBrowser(), '/candidates')
      await expectStraight(browser, pathOf(await newLink()), { 'sec-fetch-site': 'same-origin' })
      await expectStraight(browser, pathOf(await newLink()), { 'sec-fetch-site': 'none' })
      await expectStraight(browser, pathOf(await newLink()), {})
    })
  })

  it('asks if somebody else is signed in, and keeps their session until the button is pressed', async () => {
    const browser = await signedIn(site.newBrowser(), 'eve@x.example')
    const eves = await sessionIn(browser)
    const link = pathOf(await newLink())

    const asked = await ask(browser, link)
    expect(asked.page.body).to.include('Connect Lever to Acme as Ada').and.include('You are signed in as eve@x.example')
    expect(await sessionIn(browser)).to.equal(eves)
    expect(await site.web.accounts.findSession(eves ?? '')).to.not.equal(null)
    const pressed = await asked.press()

    expect(pressed.statusCode).to.equal(303)
    const session = await site.web.accounts.findSession((await sessionIn(browser)) ?? '')
    expect(session?.caller.email).to.equal(ADMIN)
    expect(await site.web.accounts.findSession(eves ?? '')).to.equal(null)
  })

  it('accepts the button only from that page in that browser', async () => {
    const link = pathOf(await newLink())
    const [mine, attackers] = [await ask(site.newBrowser(), link), await ask(site.newBrowser(), link)]
    const victim = site.newBrowser()
    await ask(victim, link)

    for (const [form, headers] of [
      [{}, {}],
      [attackers.fields, {}],
      [mine.fields, { origin: 'https://evil.example' }],
      [mine.fields, { 'sec-fetch-site': 'cross-site' }],
    ] as [Record<string, string>, Record<string, string>][]) {
      const refused = await victim.open.post(link, { form, headers })
      expect(refused.statusCode).to.equal(403)
      expect(cookiesOf(refused).join()).to.not.include('fulcrum_session').and.not.include('fulcrum_authorize')
    }

    const pressed = await Promise.all([mine.press(), mine.press(), mine.press()])
    expect(pressed.map(({ statusCode }) => statusCode)).to.have.members([303, 400, 400])
  })

  it('allows several flows side by side in one browser, and stores few cookies', async () => {
    const browser = await asAdmin(site.newBrowser())
    const flowCookies = async () => (await browser.jar.getCookies(site.web.url)).filter(({ key }) => key.startsWith('fulcrum_authorize_'))
    const first = await throughLever(browser)
    const second = await throughLever(browser)
    expect(await flowCookies()).to.have.length(2)

    expect((await browser.open(second)).statusCode).to.equal(303)
    expect((await browser.open(first)).statusCode).to.equal(303)

    for (let more = 0; more < 12; more += 1) await browser.open(pathOf(await newLink()))
    expect(await flowCookies()).to.have.length(8)
    const last = await throughLever(browser)
    expect((await browser.open(last)).statusCode).to.equal(303)
  })

  it('says that Lever is connected when the callback is opened again, only to that browser and that admin', async () => {
    const browser = site.newBrowser()
    const back = await throughLever(browser)
    expect((await browser.open(back)).statusCode).to.equal(303)
    const { grant } = await ConnectionModel.findOne().orFail().lean()
    await site.lever.clearRequests()

    for (const again of [browser, await asAdmin(site.newBrowser())]) {
      const page = await again.open(back)
      expect(page.statusCode).to.equal(200)
      expect(page.body).to.include('Lever is connected to Acme').and.include('href="/settings/ats/webhooks"')
    }
    expect((await browser.open(back, { headers: { 'accept-language': 'es' } })).body).to.include('Lever está conectado con Acme')
    for (const stranger of [site.newBrowser(), await signedIn(site.newBrowser(), 'eve@x.example')]) {
      const page = await stranger.open(back)
      expect(page.statusCode).to.equal(400)
      expect(page.body).to.not.include('Lever is connected').and.not.include('Acme as')
    }
    expect(await site.lever.requests()).to.deep.equal([])
    expect((await ConnectionModel.findOne().orFail().lean()).grant).to.deep.equal(grant)
  })

  it("refuses an attacker's callback in a victim's browser, signed in or not", async () => {
    const attacker = await asAdmin(site.newBrowser())
    const back = await throughLever(attacker)
    const before = await ConnectionModel.find().lean()
    const victim = await signedIn(site.newBrowser(), 'eve@x.example')
    await throughLever(await asAdmin(site.newBrowser()))

    for (const browser of [site.newBrowser(), victim]) expect((await browser.open(back)).statusCode).to.equal(400)

    expect(await ConnectionModel.find().lean()).to.deep.equal(before)
  })

  it("names the organization if another account signed in before Lever's callback", async () => {
    const browser = site.newBrowser()
    const back = await throughLever(browser)
    await signedIn(browser, 'eve@x.example')

    const page = await browser.open(back)

    expect(page.statusCode).to.equal(200)
    expect(page.body).to.include('Lever is connected to Acme').and.not.include('href="/settings/ats/webhooks" role="button"')
  })

  it('shows another browser a page with status 400, and connects nothing', async () => {
    const before = await ConnectionModel.find().lean()
    const back = await throughLever(site.newBrowser())

    const page = await site.newBrowser().open(back)

    expect(page.statusCode).to.equal(400)
    expect(page.body).to.include('another browser').and.include('Authorize')
    expect(await ConnectionModel.find().lean()).to.deep.equal(before)
  })

  it('explains a denial and a Lever user who is not a Super Admin, and offers Authorize, which starts over', async () => {
    const other = site.newBrowser()
    const denied = await other.open(await throughLever(other, { accept: false }))
    expect(denied.statusCode).to.equal(400)
    expect(denied.body).to.include('denied')
    const browser = site.newBrowser()
    const notSuper = await browser.open(await throughLever(browser, { as: 'bo@acme.example' }))
    expect(notSuper.statusCode).to.equal(400)
    expect(notSuper.body).to.include('Super Admin')

    const csrf = /name="_csrf" value="([^"]+)"/.exec(notSuper.body)?.[1]
    const pressed = await browser.open.post('settings/ats/authorize', { form: { _csrf: csrf } })
    expect(pressed.statusCode).to.equal(303)
    const denial = pathOf(await site.lever.consent(pressed.headers.location ?? '', { jar: browser.jar }))
    expect((await browser.open(denial)).body).to.include('Super Admin') // still signed in to Lever as the same person
  })

  it('refuses a state that is wrong, missing, or repeated', async () => {
    const browser = site.newBrowser()
    const back = await throughLever(browser)
    await browser.open(back)

    for (const path of [
      back.replace(/state=[^&]+/, 'state=wrong'),
      'oauth/lever/callback',
      'oauth/lever/callback?state=a&state=b&code=c',
    ]) {
      const page = await browser.open(path)
      expect(page.statusCode, path).to.equal(400)
      expect(page.body, path).to.include('Authorize')
    }
  })

  it('answers another Lever account with status 409', async () => {
    const browser = site.newBrowser()
    await browser.open(await throughLever(browser))
    await ConnectionModel.updateOne({ organization: site.web.organization }, { leverAccountId: 'another' })
    await site.lever.revokeGrants()

    const page = await browser.open(await throughLever(browser))

    expect(page.statusCode).to.equal(409)
    expect(page.body).to.include('not the Lever account that was connected before').and.include('disconnect first')
    await ConnectionModel.updateOne({ organization: site.web.organization }, { $unset: { leverAccountId: 1 } })
  })

  it('says so if Lever’s token endpoint is out of order', async () => {
    const browser = site.newBrowser()
    const back = await throughLever(browser)
    await site.lever.fault({ match: { path: '/oauth/token' }, kind: 'status', status: 500 })

    const page = await browser.open(back, { headers: { 'accept-language': 'es' } })

    expect(page.statusCode).to.equal(400)
    expect(page.body).to.include('No se puede contactar con Lever').and.include('Autorizar')
  })

  it("shows Lever's message as text", async () => {
    const browser = site.newBrowser()
    const back = await throughLever(browser)
    const state = /state=([^&]+)/.exec(back)?.[1]

    const page = await browser.open(
      `oauth/lever/callback?state=${state}&error=server_error&error_description=%3Cscript%3Ealert(1)%3C%2Fscript%3E`,
    )

    expect(page.statusCode).to.equal(400)
    expect(page.body).to.include('Lever refused').and.not.include('<script>alert')
  })

  it('has texts for every cause, in both languages', () => {
    for (const language of ['en', 'es'] as const) {
      const t = authorizationTexts(language)
      for (const cause of AUTHORIZATION_CAUSES) expect([t[cause], t[`${cause}_next`]].every(Boolean), `${language} ${cause}`).to.equal(true)
    }
  })

  it('logs no token, code, or state', async () => {
    const browser = site.newBrowser()
    const link = await newLink()
    const back = pathOf(await site.lever.consent(link, { jar: browser.jar }))
    await browser.open(back)

    const { searchParams } = new URL(back, site.web.url)
    const log = site.web.logged.join('\n')
    for (const secret of [link.split('/').at(-1), searchParams.get('state'), searchParams.get('code')]) {
      expect(secret).to.be.a('string').with.length.greaterThan(8)
      expect(log).to.not.include(secret)
    }
  })
})

describe('web/pages: ATS configuration', () => {
  let site: ConnectionSite

  before(async () => {
    site = await startConnectionSite()
  })
  after(() => site.stop())

  it('shows the requested scopes next to Authorize, to admins only', async () => {
    const admin = await site.web.signIn('ana@x.example')
    const sourcer = await site.web.signIn('sam@x.example', 'sourcer')

    const page = await site.web.call('GET', '/settings/ats', { headers: { cookie: admin.cookie } })
    expect(page.status).to.equal(200)
    expect(await page.text())
      .to.include('opportunities:write:admin')
      .and.match(/<button type="submit"[^>]*>Authorize<\/button>/)

    const html = { accept: 'text/html' }
    expect((await site.web.call('GET', '/settings/ats', { headers: { cookie: sourcer.cookie, ...html } })).status).to.equal(403)
    const signedOut = await site.web.call('GET', '/settings/ats/webhooks', { headers: { cookie: '', ...html } })
    expect(signedOut.headers.get('location')).to.equal(`/sign-in?next=${encodeURIComponent('/settings/ats/webhooks')}`)
  })

  it('saves pasted signature tokens, all or none, and creates the other webhooks in Lever', async () => {
    const { cookie, csrfToken } = await site.web.signIn('ana@x.example')
    const post = (path: string, fields: Record<string, string>) =>
      site.web.call('POST', path, {
        body: new URLSearchParams({ _csrf: csrfToken, ...fields }).toString(),
        headers: { cookie, accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded' },
      })
    const configured = async () => {
      const { webhooks } = (await (await site.web.call('GET', '/api/v1/connection')).json()) as {
        webhooks: { event: string; configured: boolean }[]
      }
      return webhooks.flatMap(({ event, configured: isConfigured }) => (isConfigured ? [event] : []))
    }

    const wrong = await post('/settings/ats/webhooks', { candidateHired: 'fine', candidateDeleted: 'not fine' })
    expect(wrong.status).to.equal(422)
    expect(await configured()).to.deep.equal([])

    const unknown = await post('/settings/ats/webhooks', { candidateHired: 'fine', other: 'x' })
    expect(unknown.status).to.equal(422)
    expect(await configured()).to.deep.equal([])

    const saved = await post('/settings/ats/webhooks', { candidateHired: ' fine ', candidateDeleted: '' })
    expect(saved.status).to.equal(303)
    expect(await configured()).to.deep.equal(['candidateHired'])

    await post('/settings/ats/webhooks/provision', {})
    expect(await configured()).to.deep.equal(['candidateHired'])
    const apiKey = await site.lever.newApiKey()
    await site.web.call('PUT', '/api/v1/connection/api-key', { json: { apiKey, userEmail: ADMIN } })
    const made = await post('/settings/ats/webhooks/provision', {})
    expect(made.headers.get('location')).to.equal('/settings/ats/webhooks')
    expect(await configured()).to.have.lengthOf(5)
  })

  it('accepts no form without the session’s CSRF token', async () => {
    const { cookie } = await site.web.signIn('ana@x.example')

    const answer = await site.web.call('POST', '/settings/ats/authorize', {
      body: '',
      headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
    })

    expect(answer.status).to.equal(403)
  })
})

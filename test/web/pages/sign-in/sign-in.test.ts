import { expect } from 'chai'
import mongoose from 'mongoose'
import { got } from 'got'
import { SignInLinkModel } from '../../../../src/accounts/sign-in-link-model.ts'
import { SessionModel } from '../../../../src/accounts/session-model.ts'
import { connectEmptyDatabase, leaveDatabase } from '../../../support/mongo.ts'
import { startWeb, type RunningWeb, type SignedIn } from '../../../support/web.ts'
import type { SamplePerson } from '../../../../src/web/pages/sign-in/sign-in-page.tsx'

const form = (fields: Record<string, string>) => new URLSearchParams(fields).toString()
const FORM = { 'content-type': 'application/x-www-form-urlencoded' }
const cookieOf = (response: Response) => response.headers.getSetCookie().find((cookie) => cookie.includes('fulcrum_session')) ?? ''

describe('signing in', () => {
  let web: RunningWeb
  let admin: SignedIn
  let samples: SamplePerson[]

  before(async () => {
    await connectEmptyDatabase()
    web = await startWeb({ samplePeople: async () => samples })
    admin = await web.signIn('ana@acme.example', 'admin')
    samples = [{ organization: web.organization, personId: admin.personId, name: 'Ana', email: 'ana@acme.example', role: 'admin' }]
  })
  /** Every test uses the same address. */
  beforeEach(() => mongoose.connection.collection('sign_in_failures').deleteMany())
  after(async () => {
    await web.stop()
    await leaveDatabase()
  })

  const open = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    web.call(method, path, { headers: { cookie: '', ...headers } })
  const post = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
    web.call('POST', path, { body: form(fields), headers: { ...FORM, cookie: '', ...headers } })
  const makeLink = async (path = '/candidates?stage=a') => {
    const { url } = await web.accounts.createSignInLink(web.organization, { userEmail: 'ana@acme.example', path }, 'operator')
    return new URL(url).pathname
  }

  describe('with a link', () => {
    it('signs in once, with a cookie that scripts and other sites cannot use, and continues to the path', async () => {
      const link = await makeLink()

      const response = await open(link)

      expect(response.status).to.equal(303)
      expect(response.headers.get('location')).to.equal('/candidates?stage=a')
      expect(response.headers.get('cache-control')).to.equal('no-store')
      expect(cookieOf(response)).to.match(/^fulcrum_session=fls_[\w-]+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=\d+$/)
      const page = await open('/candidates', { cookie: cookieOf(response).split(';')[0] ?? '' })
      expect(await page.text()).to.contain('<meta name="csrf-token" content="')
    })

    it('shows a page with status 400 and creates no session if the link is used or unknown', async () => {
      const link = await makeLink()
      await open(link)
      const sessions = await SessionModel.countDocuments()

      for (const path of [link, '/sign-in/link/fli_unknown']) {
        const response = await open(path)
        expect(response.status).to.equal(400)
        expect(response.headers.get('content-type')).to.match(/^text\/html/)
        expect(await response.text()).to.contain('no longer works')
        expect(response.headers.getSetCookie()).to.deep.equal([])
      }
      expect(await SessionModel.countDocuments()).to.equal(sessions)
    })

    it('continues to a path in any script, which a header cannot hold unencoded', async () => {
      expect((await open(await makeLink('/candidates?q=Ñandú 候'.replace(' ', '+')))).headers.get('location')).to.equal(
        '/candidates?q=%C3%91and%C3%BA+%E5%80%99',
      )
    })

    it('is not used up by HEAD or prefetch', async () => {
      const link = await makeLink()

      await open(link, {}, 'HEAD')
      await open(link, { 'sec-purpose': 'prefetch;prerender' })

      expect((await open(link)).status).to.equal(303)
    })

    it('signs in one of many who open it at once', async () => {
      const link = await makeLink()

      const statuses = (await Promise.all(Array.from({ length: 4 }, () => open(link)))).map(({ status }) => status)

      expect(statuses.filter((status) => status === 303)).to.have.length(1)
    })

    it('does not sign in a person who has since been deactivated', async () => {
      const link = await makeLink()
      await web.accounts.putPerson(web.organization, 'ana@acme.example', { name: 'Ana', role: 'admin', active: false }, 'operator')
      await web.accounts.putPerson(web.organization, 'ana@acme.example', { name: 'Ana', role: 'admin', active: true }, 'operator')

      expect((await open(link)).status).to.equal(400)
    })

    it('sets a secure cookie with the __Host- prefix if the site uses https', async () => {
      const secure = await startWeb({ publicUrl: 'https://fulcrum.example' })
      await secure.signIn('eve@acme.example')
      const { url } = await secure.accounts.createSignInLink(secure.organization, { userEmail: 'eve@acme.example' }, 'operator')

      const response = await fetch(`${secure.url}${new URL(url).pathname}`, { redirect: 'manual' })

      expect(url).to.match(/^https:\/\/fulcrum\.example\/sign-in\/link\//)
      expect(cookieOf(response)).to.match(/^__Host-fulcrum_session=[\w-]+; Path=\/; HttpOnly; SameSite=Lax; Secure; Max-Age=/)
      expect(response.headers.get('strict-transport-security')).to.be.a('string')
      await secure.stop()
    })

    it('refuses after ten failures per minute', async () => {
      const limited = await startWeb({ trustedProxies: 1 })
      const fail = (address: string) => fetch(`${limited.url}/sign-in/link/fli_nothing`, { headers: { 'x-forwarded-for': address } })

      for (let failure = 0; failure < 10; failure += 1) expect((await fail('203.0.113.7')).status).to.equal(400)
      const refused = await fail('203.0.113.7')

      expect(refused.status).to.equal(429)
      expect(Number(refused.headers.get('retry-after'))).to.be.within(1, 60)
      expect((await fail('203.0.113.8')).status).to.equal(400)
      await limited.signIn('colleague@acme.example')
      const { url } = await limited.accounts.createSignInLink(limited.organization, { userEmail: 'colleague@acme.example' }, 'operator')
      const good = await fetch(`${limited.url}${new URL(url).pathname}`, {
        redirect: 'manual',
        headers: { 'x-forwarded-for': '203.0.113.7' },
      })
      expect(good.status, 'a link that works, from where others failed').to.equal(303)
      await limited.stop()
    })

    it('refuses after ten failures per minute on one account, from any address', async () => {
      const limited = await startWeb({ trustedProxies: 1 })
      await limited.signIn('target@acme.example')
      const { url } = await limited.accounts.createSignInLink(limited.organization, { userEmail: 'target@acme.example' }, 'operator')
      const openFrom = (number: number) =>
        fetch(`${limited.url}${new URL(url).pathname}`, { redirect: 'manual', headers: { 'x-forwarded-for': `198.51.100.${number}` } })

      expect((await openFrom(0)).status).to.equal(303)
      for (let failure = 1; failure <= 10; failure += 1) expect((await openFrom(failure)).status).to.equal(400)

      expect((await openFrom(11)).status).to.equal(429)
      await limited.stop()
    })
  })

  describe('with a link that asks first', () => {
    const LONG = 601
    const makeFor = async (userEmail: string, validForSeconds?: number) => {
      const input = { userEmail, path: '/exports', validForSeconds }
      return new URL((await web.accounts.createSignInLink(web.organization, input, 'operator')).url).pathname
    }
    /** The page that a link opens, with its cookies and the fields of its form. */
    const ask = async (link: string, cookie = '') => {
      const response = await open(link, { cookie })
      const html = await response.text()
      const set = response.headers.getSetCookie().map((one) => one.split(';')[0])
      const field = (name: string) => new RegExp(`name="${name}" value="([^"]+)"`).exec(html)?.[1] ?? ''
      return {
        response,
        html,
        cookie: [cookie, ...set].filter(Boolean).join('; '),
        fields: { continue: field('continue'), _csrf: field('_csrf') },
      }
    }
    const signedInBy = async (response: Response) => {
      const session = await web.accounts.findSession(/fulcrum_session=([^;]+)/.exec(cookieOf(response))?.[1] ?? '')
      return session?.caller.email ?? null
    }
    const sample = async (email: string) => {
      await web.accounts.putPerson(
        web.organization,
        email,
        { name: email.replace('@acme.example', ' Duarte'), role: 'sourcer' },
        'operator',
      )
      return email
    }

    it('shows whose link it is, however often it is opened, and signs in only with the button', async () => {
      const link = await makeFor(await sample('lia@acme.example'), LONG)
      const sessions = await SessionModel.countDocuments()
      for (let scan = 0; scan < 3; scan += 1) {
        const { response, html } = await ask(link)
        expect(response.status).to.equal(200)
        expect(response.headers.get('cache-control')).to.equal('no-store')
        expect(cookieOf(response)).to.equal('')
        expect(html)
          .to.include('Sign in to Acme as lia Duarte')
          .and.match(/<button type="submit">Continue</)
      }
      expect(await SessionModel.countDocuments()).to.equal(sessions)

      const asked = await ask(link)
      const pressed = await post(link, asked.fields, { cookie: asked.cookie, origin: web.url })

      expect([pressed.status, pressed.headers.get('location')]).to.deep.equal([303, '/exports'])
      expect(await signedInBy(pressed)).to.equal('lia@acme.example')
      expect((await open(link)).status).to.equal(400)
      const again = await post(link, asked.fields, { cookie: asked.cookie })
      expect([again.status, await signedInBy(again)]).to.deep.equal([400, null])
    })

    it('speaks Spanish', async () => {
      const link = await makeFor(await sample('lia@acme.example'), LONG)

      const html = await (await open(link, { 'accept-language': 'es' })).text()

      expect(html).to.include('Entrar en Acme como lia Duarte').and.include('Continuar</button>')
    })

    it('asks only after ten minutes if nobody or the same person is signed in', async () => {
      const email = await sample('mia@acme.example')
      expect((await open(await makeFor(email, LONG - 1))).status).to.equal(303)
      const { cookie } = await web.signIn(email, 'sourcer')

      const same = await open(await makeFor(email), { cookie })

      expect(same.status).to.equal(303)
      expect(await signedInBy(same)).to.equal(email)
      expect(cookieOf(same)).not.to.include(cookie)
      expect((await open('/account', { cookie })).status, 'the session before').to.equal(303)
    })

    it('asks if somebody else is signed in, and keeps their session until the button is pressed', async () => {
      const eve = await web.signIn('eve@acme.example')
      const link = await makeFor(await sample('noa@acme.example'))

      const asked = await ask(link, eve.cookie)
      expect(asked.response.status).to.equal(200)
      expect(cookieOf(asked.response)).to.equal('')
      expect(asked.html)
        .to.include('Sign in to Acme as noa Duarte')
        .and.include('You are signed in as eve@acme.example (Acme)')
        .and.include('Stay signed in as eve@acme.example')
      expect((await open('/account', { cookie: eve.cookie })).status).to.equal(200)
      const pressed = await post(link, asked.fields, { cookie: asked.cookie })

      expect(pressed.status).to.equal(303)
      expect(await signedInBy(pressed)).to.equal('noa@acme.example')
      expect((await open('/account', { cookie: eve.cookie })).status, "Eve's session").to.equal(303)
    })

    it('accepts the button only from the page in that browser, while the same person is signed in there', async () => {
      const eve = await web.signIn('eve@acme.example')
      const email = await sample('noa@acme.example')
      const [link, other] = [await makeFor(email, LONG), await makeFor(email, LONG)]
      const [mine, attackers, ofOther] = [await ask(link), await ask(link), await ask(other)]

      const tries: [string, Record<string, string>, Record<string, string>][] = [
        ['no token', {}, { cookie: mine.cookie }],
        ['no cookie', mine.fields, {}],
        ["another browser's token", attackers.fields, { cookie: mine.cookie }],
        ["another link's token", ofOther.fields, { cookie: ofOther.cookie }],
        ['from another site', mine.fields, { cookie: mine.cookie, origin: 'https://evil.example' }],
        ['from another site, as the browser says', mine.fields, { cookie: mine.cookie, 'sec-fetch-site': 'cross-site' }],
        ['somebody signed in since', mine.fields, { cookie: `${mine.cookie}; ${eve.cookie}` }],
      ]
      for (const [what, fields, headers] of tries) {
        const response = await post(link, fields, headers)
        expect([response.status, cookieOf(response)], what).to.deep.equal([403, ''])
      }

      expect((await post(link, mine.fields, { cookie: mine.cookie })).status).to.equal(303)
      const [first, second] = [await ask(other, mine.cookie), await ask(other, mine.cookie)]
      expect(first.fields, 'in two tabs').to.deep.equal(second.fields)
    })

    it('signs in one of many who press the button at once', async () => {
      const link = await makeFor(await sample('noa@acme.example'), LONG)
      const asked = await ask(link)

      const pressed = await Promise.all(Array.from({ length: 4 }, () => post(link, asked.fields, { cookie: asked.cookie })))

      expect(pressed.map(({ status }) => status)).to.have.members([303, 400, 400, 400])
    })

    it('works for links that were stored without their creator', async () => {
      const link = await makeFor(await sample('noa@acme.example'))
      await SignInLinkModel.collection.updateMany({}, { $unset: { madeBy: 1 } })

      expect((await open(link)).status).to.equal(303)
    })
  })

  describe('the page', () => {
    it('sends a signed-out person there and back', async () => {
      const response = await open('/candidates?a=1&b=2')

      expect(response.status).to.equal(303)
      expect(response.headers.get('location')).to.equal('/sign-in?next=%2Fcandidates%3Fa%3D1%26b%3D2')
    })

    it('tells htmx to go there', async () => {
      const response = await open('/candidates', { 'hx-request': 'true' })

      expect(response.headers.get('hx-redirect')).to.equal('/sign-in?next=%2Fcandidates')
    })

    it('continues immediately, to this site only, if a person is already signed in', async () => {
      const to = async (next: string) =>
        (await open(`/sign-in?next=${encodeURIComponent(next)}`, { cookie: admin.cookie })).headers.get('location')
      admin = await web.signIn('ana@acme.example', 'admin')

      expect(await to('/exports')).to.equal('/exports')
      for (const elsewhere of ['//evil.example', 'https://evil.example', '/\\evil.example', 'javascript:alert(1)', '/a\nb'])
        expect(await to(elsewhere), elsewhere).to.equal('/')
    })

    it('signs in a sample person with one click on the local machine', async () => {
      expect(await (await open('/sign-in')).text()).to.contain('Sign in as Ana')

      const response = await post('/sign-in/sample', { personId: admin.personId, next: '/exports' }, { origin: web.url })

      expect(response.status).to.equal(303)
      expect(response.headers.get('location')).to.equal('/exports')
      expect(cookieOf(response)).to.contain('fulcrum_session=')
    })

    it('says that a form came from another site', async () => {
      const refused = await post(
        '/sign-in',
        { email: 'a@x.example', password: 'x' },
        { origin: 'https://evil.example', accept: 'text/html' },
      )

      expect(refused.status).to.equal(403)
      expect(await refused.text())
        .to.include('This form was sent from another site')
        .and.not.include('for admins')
    })

    it('ends the previous session of the browser, for every person and every way of signing in', async () => {
      const password = 'violet tractor monsoon 7'
      const { person } = await web.accounts.putPerson(web.organization, 'pia@acme.example', { name: 'Pia', role: 'sourcer' }, 'operator')
      const { token } = await web.accounts.startSession(web.organization, person.id, { by: 'link' })
      const caller = (await web.accounts.findSession(token))?.caller
      if (caller) await web.accounts.changePassword(caller, { current: '', next: password })
      const means: [string, Record<string, string>][] = [
        ['/sign-in', { email: 'pia@acme.example', password }],
        ['/sign-in/sample', { personId: admin.personId }],
      ]

      for (const [path, fields] of means) {
        const { cookie, csrfToken } = await web.signIn('pia@acme.example', 'sourcer')
        const response = await post(path, { ...fields, _csrf: csrfToken }, { cookie, origin: web.url })
        expect(cookieOf(response), path).to.contain('fulcrum_session=fls_')
        expect((await open('/account', { cookie })).status, `the session before ${path}`).to.equal(303)
      }
    })

    it('neither shows nor signs in sample people for anyone else', async () => {
      const elsewhere: Record<string, string>[] = [{ 'x-forwarded-for': '203.0.113.9' }, { forwarded: 'for=203.0.113.9' }]

      for (const headers of elsewhere) {
        expect(await (await open('/sign-in', headers)).text()).not.to.contain('Ana')
        expect((await post('/sign-in/sample', { personId: admin.personId }, headers)).status).to.equal(404)
      }
      expect((await post('/sign-in/sample', { personId: admin.personId }, { origin: 'https://evil.example' })).status).to.equal(403)
      expect((await post('/sign-in/sample', { personId: 'unknown' })).status).to.equal(404)
    })

    it('offers no sample people if PUBLIC_URL is not on the local machine, whatever the Host header says', async () => {
      const hosted = await startWeb({ samplePeople: async () => samples, publicUrl: 'https://fulcrum.example' })

      for (const host of ['fulcrum.example', '127.0.0.1']) {
        const answer = await got(`${hosted.url}/sign-in`, { headers: { host } })
        expect(answer.body, host).not.to.contain('Ana')
        const request = { form: { personId: admin.personId }, headers: { host }, throwHttpErrors: false }
        expect((await got.post(`${hosted.url}/sign-in/sample`, request)).statusCode, host).to.equal(404)
      }
      await hosted.stop()
    })

    it('has no sample people unless it is given some', async () => {
      const bare = await startWeb()

      const response = await bare.call('POST', '/sign-in/sample', {
        body: form({ personId: admin.personId }),
        headers: { ...FORM, cookie: '' },
      })

      expect(response.status).to.equal(404)
      await bare.stop()
    })
  })

  describe('signing out', () => {
    it('ends the session permanently', async () => {
      const { cookie, csrfToken } = await web.signIn('out@acme.example')

      const response = await post('/sign-out', { _csrf: csrfToken }, { cookie })

      expect(response.headers.get('location')).to.equal('/sign-in')
      expect(cookieOf(response)).to.contain('Max-Age=0')
      expect((await open('/candidates', { cookie })).status).to.equal(303)
    })

    it('requires the CSRF token of the session', async () => {
      const { cookie } = await web.signIn('stays@acme.example')

      expect((await post('/sign-out', {}, { cookie })).status).to.equal(403)
      expect((await post('/sign-out', { _csrf: admin.csrfToken }, { cookie })).status).to.equal(403)
      expect((await open('/candidates', { cookie })).status).to.equal(200)
    })
  })
})

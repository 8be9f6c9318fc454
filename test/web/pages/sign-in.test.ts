import { expect } from 'chai'
import { got } from 'got'
import { SessionModel } from '../../../src/accounts/session-model.ts'
import { connectFreshDatabase, dropDatabase } from '../../support/mongo.ts'
import { startWeb, type RunningWeb, type SignedIn } from '../../support/web.ts'
import type { SamplePerson } from '../../../src/web/pages/sign-in-page.tsx'

const form = (fields: Record<string, string>) => new URLSearchParams(fields).toString()
const FORM = { 'content-type': 'application/x-www-form-urlencoded' }
const cookieOf = (response: Response) => response.headers.getSetCookie().find((cookie) => cookie.includes('fulcrum_session')) ?? ''

describe('signing in', () => {
  let web: RunningWeb
  let admin: SignedIn
  let samples: SamplePerson[]

  before(async () => {
    await connectFreshDatabase()
    web = await startWeb({ samplePeople: async () => samples })
    admin = await web.signIn('ana@acme.example', 'admin')
    samples = [{ organization: web.organization, personId: admin.personId, name: 'Ana', email: 'ana@acme.example', role: 'admin' }]
  })
  after(async () => {
    await web.stop()
    await dropDatabase()
  })

  const open = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    web.call(method, path, { headers: { cookie: '', ...headers } })
  const post = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
    web.call('POST', path, { body: form(fields), headers: { ...FORM, cookie: '', ...headers } })
  const makeLink = async (path = '/candidates?stage=a') => {
    const { url } = await web.accounts.createSignInLink(web.organization, { userEmail: 'ana@acme.example', path }, 'operator')
    return new URL(url).pathname
  }

  describe('by a link', () => {
    it('signs in once, by a cookie that scripts and other sites cannot use, and goes to the path', async () => {
      const link = await makeLink()

      const response = await open(link)

      expect(response.status).to.equal(303)
      expect(response.headers.get('location')).to.equal('/candidates?stage=a')
      expect(response.headers.get('cache-control')).to.equal('no-store')
      expect(cookieOf(response)).to.match(/^fulcrum_session=fls_[\w-]+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=\d+$/)
      const page = await open('/candidates', { cookie: cookieOf(response).split(';')[0] ?? '' })
      expect(await page.text()).to.contain('<meta name="csrf-token" content="')
    })

    it('is a page with status 400 and no session when used or unknown', async () => {
      const link = await makeLink()
      await open(link)
      const sessions = await SessionModel.countDocuments()

      for (const path of [link, '/sign-in/link/fli_unknown']) {
        const response = await open(path)
        expect(response.status).to.equal(400)
        expect(response.headers.get('content-type')).to.match(/^text\/html/)
        expect(await response.text()).to.contain('does not work any more')
        expect(response.headers.getSetCookie()).to.deep.equal([])
      }
      expect(await SessionModel.countDocuments()).to.equal(sessions)
    })

    it('is not used up by HEAD nor by loading ahead', async () => {
      const link = await makeLink()

      await open(link, {}, 'HEAD')
      await open(link, { 'sec-purpose': 'prefetch;prerender' })

      expect((await open(link)).status).to.equal(303)
    })

    it('signs one in of many who open it at once', async () => {
      const link = await makeLink()

      const statuses = (await Promise.all(Array.from({ length: 4 }, () => open(link)))).map(({ status }) => status)

      expect(statuses.filter((status) => status === 303)).to.have.length(1)
    })

    it('signs nobody in who was made inactive since', async () => {
      const link = await makeLink()
      await web.accounts.putPerson(web.organization, 'ana@acme.example', { name: 'Ana', role: 'admin', active: false }, 'operator')
      await web.accounts.putPerson(web.organization, 'ana@acme.example', { name: 'Ana', role: 'admin', active: true }, 'operator')

      expect((await open(link)).status).to.equal(400)
    })

    it('takes a secure cookie with the __Host- prefix where the site is https', async () => {
      const secure = await startWeb({ publicUrl: 'https://fulcrum.example' })
      await secure.signIn('eve@acme.example')
      const { url } = await secure.accounts.createSignInLink(secure.organization, { userEmail: 'eve@acme.example' }, 'operator')

      const response = await fetch(`${secure.url}${new URL(url).pathname}`, { redirect: 'manual' })

      expect(url).to.match(/^https:\/\/fulcrum\.example\/sign-in\/link\//)
      expect(cookieOf(response)).to.match(/^__Host-fulcrum_session=[\w-]+; Path=\/; HttpOnly; SameSite=Lax; Secure; Max-Age=/)
      expect(response.headers.get('strict-transport-security')).to.be.a('string')
      await secure.stop()
    })

    it('refuses after ten failures a minute', async () => {
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

    it('refuses after ten failures a minute on one account, from wherever', async () => {
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

    it('goes on at once when one is signed in already, to this site only', async () => {
      const to = async (next: string) =>
        (await open(`/sign-in?next=${encodeURIComponent(next)}`, { cookie: admin.cookie })).headers.get('location')
      admin = await web.signIn('ana@acme.example', 'admin')

      expect(await to('/exports')).to.equal('/exports')
      for (const elsewhere of ['//evil.example', 'https://evil.example', '/\\evil.example', 'javascript:alert(1)', '/a\nb'])
        expect(await to(elsewhere), elsewhere).to.equal('/')
    })

    it('signs a sample person in by one click on the machine itself', async () => {
      expect(await (await open('/sign-in')).text()).to.contain('Sign in as Ana')

      const response = await post('/sign-in/sample', { personId: admin.personId, next: '/exports' }, { origin: web.url })

      expect(response.status).to.equal(303)
      expect(response.headers.get('location')).to.equal('/exports')
      expect(cookieOf(response)).to.contain('fulcrum_session=')
    })

    it('shows and signs in no sample person to anyone else', async () => {
      const elsewhere: Record<string, string>[] = [{ 'x-forwarded-for': '203.0.113.9' }, { forwarded: 'for=203.0.113.9' }]

      for (const headers of elsewhere) {
        expect(await (await open('/sign-in', headers)).text()).not.to.contain('Ana')
        expect((await post('/sign-in/sample', { personId: admin.personId }, headers)).status).to.equal(404)
      }
      expect((await post('/sign-in/sample', { personId: admin.personId }, { origin: 'https://evil.example' })).status).to.equal(403)
      expect((await post('/sign-in/sample', { personId: 'unknown' })).status).to.equal(404)
    })

    it('offers no sample people where PUBLIC_URL is not on the machine itself, whatever Host says', async () => {
      const hosted = await startWeb({ samplePeople: async () => samples, publicUrl: 'https://fulcrum.example' })

      for (const host of ['fulcrum.example', '127.0.0.1']) {
        const answer = await got(`${hosted.url}/sign-in`, { headers: { host } })
        expect(answer.body, host).not.to.contain('Ana')
        const request = { form: { personId: admin.personId }, headers: { host }, throwHttpErrors: false }
        expect((await got.post(`${hosted.url}/sign-in/sample`, request)).statusCode, host).to.equal(404)
      }
      await hosted.stop()
    })

    it('has no sample people unless they are handed in', async () => {
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
    it('ends the session for good', async () => {
      const { cookie, csrfToken } = await web.signIn('out@acme.example')

      const response = await post('/sign-out', { _csrf: csrfToken }, { cookie })

      expect(response.headers.get('location')).to.equal('/sign-in')
      expect(cookieOf(response)).to.contain('Max-Age=0')
      expect((await open('/candidates', { cookie })).status).to.equal(303)
    })

    it('takes the token of the session', async () => {
      const { cookie } = await web.signIn('stays@acme.example')

      expect((await post('/sign-out', {}, { cookie })).status).to.equal(403)
      expect((await post('/sign-out', { _csrf: admin.csrfToken }, { cookie })).status).to.equal(403)
      expect((await open('/candidates', { cookie })).status).to.equal(200)
    })
  })
})

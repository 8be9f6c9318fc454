import { expect } from 'chai'
import { hashPassword } from '../../../../src/accounts/password-hash.ts'
import { PasswordModel } from '../../../../src/accounts/password-model.ts'
import { SessionModel } from '../../../../src/accounts/session-model.ts'
import { AuditEventModel } from '../../../../src/audit/audit-event-model.ts'
import { eventually } from '../../../support/eventually.ts'
import { connectEmptyDatabase, leaveDatabase } from '../../../support/mongo.ts'
import { startWeb, type RunningWeb } from '../../../support/web.ts'
import { browse, type Visitor } from '../visitor.ts'

const PASSWORD = 'three words suffice'
const NEW = 'four words suffice too'

describe('signing in with a password, and the account page', function () {
  this.timeout(40_000)
  let web: RunningWeb
  let number = 0

  before(async () => {
    await connectEmptyDatabase()
    web = await startWeb({ trustedProxies: 1 })
  })
  after(async () => {
    await web.stop()
    await leaveDatabase()
  })

  /** Uses a different address each time, so that no test reaches the limit of another. */
  const browser = (language?: string) => browse(web.url, { address: `203.0.113.${(number += 1)}`, ...(language ? { language } : {}) })
  const linkTo = async (email: string, organization = web.organization) => {
    const { url } = await web.accounts.createSignInLink(organization, { userEmail: email, path: '/account/password' }, 'operator')
    return new URL(url).pathname
  }
  /** An invited person who has chosen a password and is still signed in by the link. */
  async function invited(email: string, organization = web.organization): Promise<{ visitor: Visitor; personId: string }> {
    const { person } = await web.accounts.putPerson(organization, email, { name: `Name of ${email}`, role: 'sourcer' }, 'operator')
    const visitor = browser()
    await visitor.open(await linkTo(email, organization))
    const saved = await visitor.send('/account/password', { welcome: '1', password: PASSWORD })
    if (saved.status !== 200) throw new Error(`the password was refused: ${saved.html}`)
    return { visitor, personId: person.id }
  }
  const signIn = (visitor: Visitor, email: string, password: string, next = '/account') =>
    visitor.send('/sign-in', { email, password, next })
  const isSignedIn = async (visitor: Visitor) => (await visitor.open('/account')).path === '/account'

  it('begins with a link to a page on which the person chooses a password', async () => {
    await web.accounts.putPerson(web.organization, 'new@acme.example', { name: 'Nadia', role: 'sourcer' }, 'operator')
    const visitor = browser()

    const page = await visitor.open(await linkTo('new@acme.example'))
    const short = await visitor.send('/account/password', { welcome: '1', password: 'too short' })
    const saved = await visitor.send('/account/password', { welcome: '1', password: PASSWORD })

    expect(page.path).to.equal('/account/password')
    expect(page.html)
      .to.match(/<label for="password">New password/)
      .and.contain('Not now')
      .and.contain('12 to 200 characters')
    expect(short.status).to.equal(422)
    expect(short.html).to.contain('aria-invalid="true"').and.not.contain('too short')
    expect(saved.html).to.contain('Your password is saved')
    const elsewhere = browser()
    expect((await signIn(elsewhere, ' NEW@acme.example ', PASSWORD)).path).to.equal('/account')
    expect(await AuditEventModel.countDocuments({ organization: web.organization, action: 'signIn.byPassword' })).to.equal(1)
  })

  it('refuses passwords that are common or made of names, and says why in English and Spanish', async () => {
    await web.accounts.putPerson(web.organization, 'weak@acme.example', { name: 'Wilhelmina Kestrel', role: 'sourcer' }, 'operator')
    const [english, spanish] = [browser(), browser('es')]
    await english.open(await linkTo('weak@acme.example'))
    await spanish.open(await linkTo('weak@acme.example'))

    for (const [password, en, es] of [
      ['Password12345', 'too common', 'demasiado común'],
      ['WilhelminaKestrel1', 'consists of names', 'se compone de nombres'],
      ['weak@acme.example', 'consists of names', 'se compone de nombres'],
      ['headhuntr.io-2026', 'consists of names', 'se compone de nombres'],
      ['Fulcrum-4-Acme!', 'consists of names', 'se compone de nombres'],
    ] as const) {
      const refused = await english.send('/account/password', { welcome: '1', password })
      expect(refused.status, password).to.equal(422)
      expect(refused.html, password).to.contain(en)
      expect((await spanish.send('/account/password', { password })).html, password).to.contain(es)
    }
    expect(await PasswordModel.countDocuments()).to.equal(await PasswordModel.countDocuments({ hash: /^\$argon2id/ }))
    expect((await signIn(browser(), 'weak@acme.example', 'Password12345')).status).to.equal(422)
  })

  it('accepts an existing password that could no longer be chosen', async () => {
    const { personId } = await invited('before@acme.example')
    await PasswordModel.updateOne({ person: personId }, { hash: await hashPassword('Password12345') })

    expect((await signIn(browser(), 'before@acme.example', 'Password12345')).path).to.equal('/account')
  })

  it('continues to the requested page, on this site only', async () => {
    await invited('next@acme.example')
    const { html } = await browser().open('/sign-in?next=%2Faccount%3Fa%3D1')

    expect(html)
      .to.contain('name="next" value="/account?a=1"')
      .and.match(/<label for="email">Email/)
      .and.match(/<label for="password">Password/)
    expect(await browser().leadsTo('/sign-in', { email: 'next@acme.example', password: PASSWORD, next: '/exports?b=2' })).to.equal(
      '/exports?b=2',
    )
    expect(await browser().leadsTo('/sign-in', { email: 'next@acme.example', password: PASSWORD, next: '//evil.example' })).to.equal('/')
  })

  it('shows the same message for a wrong password, an unknown email address, and an inactive person, and keeps the address typed', async () => {
    await invited('right@acme.example')
    await invited('paused@acme.example')
    await web.accounts.putPerson(web.organization, 'paused@acme.example', { name: 'P', role: 'sourcer', active: false }, 'operator')

    const pages = []
    for (const [email, password] of [
      ['right@acme.example', 'a wrong password'],
      ['nobody@acme.example', PASSWORD],
      ['paused@acme.example', PASSWORD],
    ]) {
      const visitor = browser()
      const { status, html } = await signIn(visitor, email ?? '', password ?? '')
      pages.push(html.replace(email ?? '', 'E'))
      expect(status, email).to.equal(422)
      expect(html).to.contain('do not match').and.contain(`value="${email}"`).and.not.contain(password)
      expect(await isSignedIn(visitor), email).to.equal(false)
    }
    expect(new Set(pages)).to.have.lengthOf(1)
  })

  it('starts a new session each time, whatever cookies the browser sends', async () => {
    await invited('fixed@acme.example')
    const visitor = browser()
    await visitor.jar.setCookie('fulcrum_session=fls_planted', web.url)

    await signIn(visitor, 'fixed@acme.example', PASSWORD)

    const [cookie] = (await visitor.jar.getCookies(web.url)).filter(({ key }) => key === 'fulcrum_session')
    expect(cookie?.value).to.match(/^fls_[\w-]{43}$/)
    expect(cookie).to.include({ httpOnly: true, sameSite: 'lax', path: '/' })
  })

  it('refuses after ten failures per minute on one account, however many come at once and from any address, and records it', async () => {
    await invited('target@acme.example')
    const tries = await Promise.all(Array.from({ length: 14 }, () => signIn(browser(), 'target@acme.example', 'a wrong password')))
    const right = await signIn(browser(), 'Target@acme.example', PASSWORD)

    expect(tries.filter(({ status }) => status === 422)).to.have.lengthOf(10)
    expect(tries.filter(({ status }) => status === 429)).to.have.lengthOf(4)
    expect(right.status).to.equal(429)
    await eventually('it is recorded', () => AuditEventModel.exists({ organization: web.organization, action: 'signIn.limited' }), 20_000)
    expect(await AuditEventModel.countDocuments({ action: 'signIn.limited' })).to.equal(1)
  })

  it('refuses after ten failures per minute from one address, and does not count successes', async () => {
    await invited('office@acme.example')
    const office = browse(web.url, { address: '198.51.100.1' })

    for (let success = 0; success < 12; success += 1)
      expect(await office.leadsTo('/sign-in', { email: 'office@acme.example', password: PASSWORD })).to.equal('/')
    const thief = browse(web.url, { address: '198.51.100.2' })
    for (let failure = 0; failure < 10; failure += 1) await signIn(thief, `unknown-${failure}@acme.example`, PASSWORD)

    expect((await signIn(thief, 'office@acme.example', PASSWORD)).status).to.equal(429)
  })

  it('counts failures separately in a browser where the person signed in before, until the password changes', async () => {
    const { visitor: own } = await invited('victim@acme.example')
    await own.send('/sign-out')
    await Promise.all(Array.from({ length: 12 }, () => signIn(browser(), 'victim@acme.example', 'a wrong password')))
    const stranger = await signIn(browser(), 'victim@acme.example', PASSWORD)
    const neighbor = (await invited('neighbor@acme.example')).visitor
    await neighbor.send('/sign-out')
    const elsewhere = await signIn(neighbor, 'victim@acme.example', PASSWORD)

    const known = await signIn(own, 'victim@acme.example', PASSWORD)

    expect([stranger.status, elsewhere.status]).to.deep.equal([429, 429])
    expect(known.path).to.equal('/account')
    const { value } = (await own.jar.getCookies(web.url)).find((cookie) => cookie.key === 'fulcrum_device') ?? {}
    await own.send('/account/password', { current: PASSWORD, password: NEW })
    const stolen = browser()
    await stolen.jar.setCookie(`fulcrum_device=${value}`, web.url)
    expect((await signIn(stolen, 'victim@acme.example', NEW)).status).to.equal(429)
    await own.send('/sign-out')
    expect((await signIn(own, 'victim@acme.example', NEW)).path).to.equal('/account')
  })

  it('allows a known browser ten failures per minute of its own', async () => {
    const { visitor } = await invited('forgetful@acme.example')
    await visitor.send('/sign-out')
    const cookie = (await visitor.jar.getCookies(web.url)).find(({ key }) => key === 'fulcrum_device')
    expect(cookie).to.include({ httpOnly: true, sameSite: 'lax', path: '/' })

    const tries = await Promise.all(Array.from({ length: 14 }, () => signIn(visitor, 'forgetful@acme.example', 'a wrong password')))

    expect(tries.filter(({ status }) => status === 422)).to.have.lengthOf(10)
    expect((await signIn(visitor, 'forgetful@acme.example', PASSWORD)).status).to.equal(429)
    expect((await signIn(browser(), 'forgetful@acme.example', PASSWORD)).path).to.equal('/account')
  })

  it('admits everybody who comes at once with the right password', async () => {
    await invited('many@acme.example')

    const ends = await Promise.all(Array.from({ length: 25 }, () =>
      browse(web.url, { address: '198.51.100.9' }).leadsTo('/sign-in', { email: 'many@acme.example', password: PASSWORD }))) // prettier-ignore

    expect(ends).to.deep.equal(ends.map(() => '/'))
  })

  it('counts all addresses of an IPv6 network as one', async () => {
    for (let failure = 0; failure < 10; failure += 1)
      await signIn(browse(web.url, { address: `2001:db8:7:7::${failure}` }), `unknown-${failure}@net.example`, PASSWORD)

    expect((await signIn(browse(web.url, { address: '[2001:db8:7:7:ffff::1]:443' }), 'unknown-11@net.example', PASSWORD)).status).to.equal(
      429,
    )
    expect((await signIn(browse(web.url, { address: '2001:db8:7:8::1' }), 'unknown-11@net.example', PASSWORD)).status).to.equal(422)
  })

  it('logs a failed sign-in as a security event without network or email address', async () => {
    const { personId } = await invited('logged@acme.example')
    await signIn(browse(web.url, { address: '198.51.100.77' }), 'logged@acme.example', 'a wrong password')

    const lines = web.logged.map((line) => JSON.parse(line) as Record<string, unknown>)
    const [event, ...others] = lines.filter(({ msg, accounts }) => msg === 'signIn.failed' && String(accounts).includes(personId))
    expect(others).to.deep.equal([])
    expect(event)
      .to.include({ level: 'warn', reason: 'wrong_password' })
      .and.deep.include({ accounts: [`user:${personId}`] })
    expect(event?.['address']).to.match(/^[\w-]{43}$/)
    expect(web.logged.join()).not.to.contain('198.51.100.77').and.not.to.contain('logged@acme.example')
  })

  it('accepts forms of this site only', async () => {
    await invited('csrf@acme.example')

    const response = await web.call('POST', '/sign-in', {
      body: new URLSearchParams({ email: 'csrf@acme.example', password: PASSWORD }).toString(),
      headers: { cookie: '', 'content-type': 'application/x-www-form-urlencoded', origin: 'https://evil.example' },
    })

    expect(response.status).to.equal(403)
    expect(response.headers.getSetCookie()).to.deep.equal([])
  })

  describe('changing the password', () => {
    it('requires the current one, ends the other sessions, and keeps this one', async () => {
      const { visitor: elsewhere } = await invited('changer@acme.example')
      const visitor = browser()
      const account = await signIn(visitor, 'changer@acme.example', PASSWORD)
      expect(account.html).to.match(/<label for="current">Current password/)

      const wrong = await visitor.send('/account/password', { current: 'not mine at all', password: NEW })
      const missing = await visitor.send('/account/password', { password: NEW })
      const saved = await visitor.send('/account/password', { current: PASSWORD, password: NEW })

      expect([wrong.status, missing.status, saved.status]).to.deep.equal([422, 422, 200])
      expect(wrong.html).to.contain('This is not your current password')
      expect(saved.path).to.equal('/account')
      expect(await isSignedIn(visitor)).to.equal(true)
      expect(await isSignedIn(elsewhere)).to.equal(false)
      expect((await signIn(browser(), 'changer@acme.example', PASSWORD)).status).to.equal(422)
      expect((await signIn(browser(), 'changer@acme.example', NEW)).status).to.equal(200)
    })

    it('accepts an admin’s link for a forgotten password, for fifteen minutes', async () => {
      const { personId } = await invited('forgetful@acme.example')
      const visitor = browser()

      const page = await visitor.open(await linkTo('forgetful@acme.example'))
      await SessionModel.updateMany({ person: personId }, { signedInAt: new Date(Date.now() - 16 * 60_000) })
      const late = await visitor.send('/account/password', { welcome: '1', password: NEW })
      await visitor.open(await linkTo('forgetful@acme.example'))
      await visitor.send('/account/password', { welcome: '1', password: NEW })

      expect(page.html).not.to.contain('Current password')
      expect(late.status).to.equal(422)
      expect(late.html).to.contain('Current password')
      expect((await signIn(browser(), 'forgetful@acme.example', NEW)).status).to.equal(200)
    })

    it('asks people without a password to sign in again once their sign-in is old', async () => {
      const { personId } = await invited('late@acme.example')
      await PasswordModel.deleteOne({ person: personId })
      const visitor = browser()
      await visitor.open(await linkTo('late@acme.example'))
      await SessionModel.updateMany({ person: personId }, { signedInAt: new Date(Date.now() - 16 * 60_000) })

      expect((await visitor.open('/account')).html)
        .to.contain('To choose one, sign in again')
        .and.not.contain('name="password"')
      expect((await visitor.send('/account/password', { password: NEW })).status).to.equal(422)
      expect(await PasswordModel.countDocuments({ person: personId })).to.equal(0)
    })
  })

  it('shows the active sessions, and signs out everywhere', async () => {
    const { visitor: other } = await invited('many@acme.example')
    const visitor = browser()
    const { html } = await signIn(visitor, 'many@acme.example', PASSWORD)
    expect(html.match(/role="rowheader"/g)).to.have.lengthOf(2)
    expect(html).to.contain('this browser').and.contain('Sign-in link')

    const left = await visitor.send('/account/sign-out-everywhere')

    expect(left.path).to.equal('/sign-in')
    expect([await isSignedIn(visitor), await isSignedIn(other)]).to.deep.equal([false, false])
  })

  it('remembers the language for browsers in which none was chosen', async () => {
    const { visitor } = await invited('idioma@acme.example')
    const chosen = await visitor.send('/language?next=/account', { language: 'es' })
    expect(chosen.html).to.contain('<html lang="es"').and.contain('Su cuenta')

    const other = browser('en')
    const page = await signIn(other, 'idioma@acme.example', PASSWORD)
    expect(page.html).to.contain('<html lang="es"')
    await other.jar.setCookie('fulcrum_language=en', web.url)
    expect((await other.open('/account')).html).to.contain('<html lang="en"')
  })

  it('lets a person of two organizations choose one, and switch in the corner', async () => {
    const beta = await web.accounts.createOrganization({ name: 'Beta <Ltd>', sourceName: 's' })
    await invited('both@acme.example')
    const { personId } = await invited('both@acme.example', beta.id)
    const visitor = browser()

    const choice = await signIn(visitor, 'both@acme.example', PASSWORD, '/candidates?q=x')
    const chosen = await visitor.send('/account/organizations', { personId, next: '/candidates?q=x' })

    expect(choice.path).to.equal('/account/organizations?next=%2Fcandidates%3Fq%3Dx')
    expect(choice.html).to.contain('Continue in Acme').and.contain('Continue in Beta &lt;Ltd>')
    expect(chosen.path).to.equal('/candidates?q=x')
    expect(chosen.html).to.contain('Beta &lt;Ltd>').and.contain('href="/account/organizations" aria-label="Switch organization">Switch<')
    const [stranger] = (await web.accounts.listPeople(web.organization, { limit: 1 }, { q: 'many@' })).data
    expect((await visitor.send('/account/organizations', { personId: stranger?.id ?? '' })).html).to.contain(
      'no longer gives access to that organization',
    )
    expect((await visitor.open('/account')).html).to.contain('Beta &lt;Ltd>')
  })

  it('shows the account page to signed-in people only', async () => {
    for (const path of ['/account', '/account/password', '/account/organizations'])
      expect((await browser().open(path)).path).to.equal(`/sign-in?next=${encodeURIComponent(path)}`)
  })
})

import { expect } from 'chai'
import { got, type Got } from 'got'
import { CookieJar } from 'tough-cookie'
import { startLever, type LeverForTests } from '../support/lever.ts'
import { addOpportunity, callLever, type CallLever } from './call-lever.ts'
import { startReceiver } from './webhook-receiver.ts'

describe('pages of the local Lever', () => {
  let lever: LeverForTests
  let api: CallLever

  before(async () => {
    lever = await startLever({ answers: 'likeliest' })
    await lever.settings({ rateLimit: { enabled: false } })
    api = callLever(lever)
  })
  after(async () => lever.stop())

  async function browserOf(email: string): Promise<Got> {
    const browser = got.extend({ prefixUrl: lever.url, cookieJar: new CookieJar(), throwHttpErrors: false, retry: { limit: 0 } })
    await browser.post('sign-in', { form: { email, next: '/' } })
    return browser
  }

  it('ask strangers to sign in, then continue to the requested page', async () => {
    const browser = got.extend({ prefixUrl: lever.url, cookieJar: new CookieJar(), retry: { limit: 0 } })
    const asked = await browser.get('settings/webhooks')
    expect(asked.url).to.contain('/sign-in?next=%2Fsettings%2Fwebhooks')
    expect(asked.body).to.contain('Ana Duarte').and.contain('deactivated')
    const arrived = await browser.post('sign-in', { form: { email: 'ana@acme.example', next: '/settings/webhooks' } })
    expect(arrived.url).to.equal(`${lever.url}/settings/webhooks`)
    const cookies = (await browser.get('', { followRedirect: false })).request.options.cookieJar
    expect(JSON.stringify(cookies)).to.contain('lever_sandbox')
  })

  it('never redirect to another site after signing in', async () => {
    for (const next of ['//evil.example.test', '/\\evil.example.test', 'https://evil.example.test']) {
      const answer = await got.post(`${lever.url}/sign-in`, { form: { email: 'ana@acme.example', next }, followRedirect: false })
      expect(answer.headers.location).to.equal('/')
    }
  })

  it('refuse strangers and deactivated users, and show settings only to Super Admins', async () => {
    const gone = await got.post(`${lever.url}/sign-in`, { form: { email: 'gus@acme.example' }, throwHttpErrors: false })
    expect(gone.statusCode).to.equal(403)
    const recruiter = await browserOf('bo@acme.example')
    for (const page of ['settings/webhooks', 'settings/api-credentials', 'settings/authorized-apps'])
      expect((await recruiter.get(page)).statusCode, page).to.equal(403)
    expect((await recruiter.get('candidates')).statusCode).to.equal(200)
    await recruiter.post('sign-out')
    expect((await recruiter.get('candidates')).url).to.contain('/sign-in')
  })

  it('show candidates by stage and by search, with their details', async () => {
    const browser = await browserOf('ana@acme.example')
    const found = await browser.get('candidates?q=grace')
    expect(found.body).to.contain('Grace Hopper').and.contain('1 candidate')
    const [grace] = await lever.opportunitiesByEmail('grace.hopper@navy.example')
    const page = await browser.get(new URL(grace?.urls.show ?? '').pathname.slice(1))
    for (const text of ['Recruiter screen', 'Referral', 'Bo Lindqvist', 'Backend Engineer', 'Asked about notice period'])
      expect(page.body).to.contain(text)
    expect((await browser.get('candidates/none')).statusCode).to.equal(404)
    expect((await browser.get('nowhere')).statusCode).to.equal(404)
  })

  it('escape text from people and programs', async () => {
    const { data } = await addOpportunity(api, { name: '<script>alert(1)</script>' })
    const page = await (await browserOf('ana@acme.example')).get(`candidates/${data.id}`)
    expect(page.body).to.contain('&lt;script>').and.not.contain('<script>alert')
  })

  it('move, archive, hire, unarchive, anonymize, and delete a candidate', async () => {
    const browser = await browserOf('ana@acme.example')
    const { data } = await addOpportunity(api, { name: 'Page Person', emails: ['page@example.test'] })
    const press = async (action: string, form: Record<string, string> = {}): Promise<number> =>
      (await browser.post(`candidates/${data.id}/${action}`, { form })).statusCode
    const now = async (): Promise<Record<string, unknown>> => (await api.get(`/opportunities/${data.id}`)).body.data
    const reasons = (await api.get('/archive_reasons')).body.data as { id: string; text: string }[]
    const [hired, timing] = [
      reasons.find(({ text }) => text === 'Hired')?.id ?? '',
      reasons.find(({ text }) => text === 'Timing')?.id ?? '',
    ]

    expect(await press('stage', { stage: 'offer' })).to.equal(200)
    expect((await now())['stage']).to.equal('offer')
    await press('archive', { reason: timing })
    expect((await now())['archived']).to.include({ reason: timing })
    await press('unarchive')
    expect((await now())['archived']).to.equal(null)
    await press('hire')
    expect((await now())['archived']).to.include({ reason: hired })
    await press('anonymize')
    expect((await now())['isAnonymized']).to.equal(true)
    await press('delete')
    expect((await api.get(`/opportunities/${data.id}`)).status).to.equal(404)
  })

  it('add a webhook, show its signature token, verify, switch, rerun, and remove it', async () => {
    const receiver = await startReceiver()
    const browser = await browserOf('ana@acme.example')
    expect(
      (await browser.post('settings/webhooks/add', { form: { event: 'candidateHired', url: 'http://far.example.test' } })).statusCode,
    ).to.equal(422)
    const page = await browser.post('settings/webhooks/add', { form: { event: 'candidateHired', url: receiver.url } })
    const [webhook] = await lever.webhooks()
    for (const text of ['Candidate hired', '+ Add webhook', 'Signature token', 'Verify connection', webhook?.signatureToken ?? '?'])
      expect(page.body).to.contain(text)
    expect((await browser.post(`settings/webhooks/${webhook?.id}/verify`)).body)
      .to.contain('succeeded')
      .and.contain('Rerun')
    const [delivery] = await lever.deliveries()
    await browser.post(`settings/webhooks/deliveries/${delivery?.id}/rerun`)
    expect(receiver.bodies).to.have.length(2)
    expect((await browser.post('settings/webhooks/switch', { form: { event: 'candidateHired', on: 'false' } })).body).to.contain(
      'aria-checked="false"',
    )
    expect((await browser.post('settings/webhooks/switch', { form: { event: 'nonsense', on: 'false' } })).statusCode).to.equal(400)
    await browser.post(`settings/webhooks/${webhook?.id}/remove`)
    expect(await lever.webhooks()).to.be.empty
    await receiver.stop()
  })

  it('generate a key with the chosen permissions, show it once, and revoke it', async () => {
    const browser = await browserOf('dilnoza@acme.example')
    const form = new URLSearchParams([
      ['name', 'Mine'],
      ['permission', 'List all users'],
      ['permission', 'List all stages'],
    ])
    const page = await browser.post('settings/api-credentials/generate', {
      body: form.toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
    const key = /<code>([0-9a-f]{48})<\/code>/.exec(page.body)?.[1] ?? ''
    const limited = callLever(lever, key)
    expect([
      (await limited.get('/users')).status,
      (await limited.get('/stages')).status,
      (await limited.get('/postings')).status,
    ]).to.deep.equal([200, 200, 403])
    const again = await browser.get('settings/api-credentials')
    expect(again.body).not.to.contain(key)
    const id = [...again.body.matchAll(/api-credentials\/([0-9a-f-]+)\/revoke/g)].at(-1)?.[1]
    await browser.post(`settings/api-credentials/${id}/revoke`)
    expect((await limited.get('/users')).status).to.equal(401)
  })

  it('list an authorized app and revoke its access', async () => {
    const query = {
      client_id: lever.clientId,
      redirect_uri: 'http://127.0.0.1:4000/oauth/lever/callback',
      response_type: 'code',
      scope: 'offline_access users:read:admin',
      audience: lever.audience,
    }
    const code = new URL(await lever.consent(`${lever.authUrl}/authorize?${new URLSearchParams(query)}`)).searchParams.get('code') ?? ''
    const body = new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: lever.clientId,
      client_secret: lever.clientSecret,
      code,
      redirect_uri: query.redirect_uri,
    })
    const { access_token: token } = (await (await fetch(`${lever.authUrl}/oauth/token`, { method: 'POST', body })).json()) as {
      access_token: string
    }
    const status = async (): Promise<number> =>
      (await fetch(`${lever.apiUrl}/users`, { headers: { authorization: `Bearer ${token}` } })).status
    expect(await status()).to.equal(200)

    const browser = await browserOf('ana@acme.example')
    expect((await browser.get('settings/authorized-apps')).body)
      .to.contain('users:read:admin')
      .and.contain('Revoke access')
    const after = await browser.post(`settings/authorized-apps/${lever.clientId}/revoke`)

    expect(after.body).to.contain('No app has access')
    expect(await status()).to.equal(401)
  })
})

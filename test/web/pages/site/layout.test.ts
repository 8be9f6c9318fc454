import { expect } from 'chai'
import { keepNotice } from '../../../../src/web/shell/flash.ts'
import { page, type PageRoute } from '../../../../src/web/shell/page-route.ts'
import { seeOther } from '../../../../src/web/shell/see-other.ts'
import { connectEmptyDatabase, leaveDatabase } from '../../../support/mongo.ts'
import { startWeb, type RunningWeb } from '../../../support/web.ts'

const somePages = (): PageRoute[][] => [
  [
    page.post('/saved', { access: 'sourcer' }, (ctx) => {
      keepNotice(ctx, { look: 'ok', text: 'Saved <b>all</b>, “Zoë”.' })
      seeOther(ctx, '/candidates')
    }),
  ],
]

describe('page layout', () => {
  let web: RunningWeb

  before(async () => {
    await connectEmptyDatabase()
    web = await startWeb({ pages: somePages })
  })
  after(async () => {
    await web.stop()
    await leaveDatabase()
  })

  const open = async (path: string, cookie: string) => {
    const answer = await web.call('GET', path, { headers: { cookie, accept: 'text/html' } })
    return { html: await answer.text(), setCookies: answer.headers.getSetCookie() }
  }

  /** The cookie that the response to a form sets for the next page. */
  async function save(signedIn: { cookie: string; csrfToken: string }): Promise<string> {
    const answer = await web.call('POST', '/saved', {
      body: new URLSearchParams({ _csrf: signedIn.csrfToken }).toString(),
      headers: { cookie: signedIn.cookie, 'content-type': 'application/x-www-form-urlencoded' },
    })
    expect(answer.status).to.equal(303)
    const [kept = ''] = answer.headers.getSetCookie()
    expect(kept).to.match(/^fulcrum_flash=[\w.-]+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=60$/)
    return kept.split(';')[0] ?? ''
  }

  it('reports once, on the page after a form, what happened', async () => {
    const ana = await web.signIn('ana@acme.example')
    const kept = await save(ana)

    const next = await open('/candidates', `${ana.cookie}; ${kept}`)

    expect(next.html).to.match(/<p class="notice ok" role="status">Saved &lt;b>all&lt;\/b>, “Zoë”\.<\/p>/)
    expect(next.setCookies.join()).to.include('fulcrum_flash=; ').and.include('Max-Age=0')
  })

  it('shows messages only to the session for which they were kept', async () => {
    const ana = await web.signIn('ana@acme.example')
    const bo = await web.signIn('bo@acme.example')
    const kept = await save(ana)
    const forged = `fulcrum_flash=${Buffer.from('{"look":"bad","text":"Saved: pay here"}').toString('base64url')}.x`

    for (const other of [kept, forged, 'fulcrum_flash=%%%', 'fulcrum_flash=..'])
      expect((await open('/candidates', `${bo.cookie}; ${other}`)).html, other).to.not.include('Saved')
    expect((await open('/sign-in', kept)).html).to.not.include('Saved')
  })

  it('names the organization and the person, and links to settings for admins only', async () => {
    const admin = await open('/candidates', (await web.signIn('ana@acme.example')).cookie)
    const sourcer = await open('/candidates', (await web.signIn('sol@acme.example', 'sourcer')).cookie)

    expect(admin.html).to.include('Acme').and.include('ana@acme.example').and.include('href="/settings/ats"')
    expect(sourcer.html).to.include('Acme').and.not.include('/settings')
    expect(admin.html).to.match(/<a href="\/candidates" aria-current="page">Candidates<\/a>/)
  })
})

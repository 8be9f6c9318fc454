import { expect } from 'chai'
import { got } from 'got'
import { LEVER_ADMIN } from '../../support/lever.ts'
import { startService, type ServiceForTests } from '../../support/service.ts'
import { ROUTE_ACCESS } from '../hostile/route-access.ts'
import { visit, type Visitor } from './visitor.ts'

const ROUTES = new Set(Object.values(ROUTE_ACCESS).flat())
const FORMS_ALONE = [...ROUTES].flatMap((route) => {
  const [, path = ''] = /^POST (\/(?!api\/|webhooks\/).*)$/.exec(route) ?? []
  return path === '' || ROUTES.has(`GET ${path}`) ? [] : [path]
})

describe('form address opened as a page', () => {
  let service: ServiceForTests
  let ana: Visitor
  /** Several admins take turns, because a person may open 100 pages in a burst. */
  const admins: Visitor[] = []

  before(async () => {
    service = await startService()
    const { api } = await service.organization()
    ana = await visit(service.url, api, LEVER_ADMIN)
    for (const email of ['uma@acme.example', 'vera@acme.example', 'wim@acme.example']) {
      await api.put(`users/${email}`, { name: email, role: 'admin' })
      admins.push(await visit(service.url, api, email))
    }
  })
  after(() => service.stop())

  const filled = (path: string) => path.replaceAll(/:\w+/g, '0'.repeat(24))
  const ask = (path: string, accept: string, method: 'GET' | 'HEAD' | 'PUT' = 'GET') =>
    got(`${service.url}${path}`, { method, cookieJar: ana.jar, headers: { accept }, followRedirect: false, throwHttpErrors: false })

  it('redirects to the page above, also after signing in', async () => {
    expect(FORMS_ALONE).to.include.members([
      '/candidates/export/open',
      '/settings/ats/authorize',
      '/exports/batches/:id/pause',
      '/sign-out',
    ])
    for (const [at, path] of FORMS_ALONE.entries()) {
      const { headers, statusCode } = await ask(filled(path), 'text/html,*/*;q=0.8')
      const { status } = await (admins[at % admins.length] ?? ana).open(`/sign-in?next=${encodeURIComponent(filled(path))}`)

      const above = [...ROUTES].find((route) => route.startsWith('GET ') && filled(route.slice(4)) === headers.location)
      expect(statusCode, path).to.equal(303)
      expect(path.startsWith((above ?? 'none').slice(4)), `${path} leads to ${headers.location}`).to.equal(true)
      // 422: no candidate is chosen for the dialog
      expect(status, path).to.be.oneOf(path.startsWith('/candidates/export') ? [422] : [200, 404])
    }
    expect((await ask('/candidates/export/open', 'text/html')).headers.location).to.equal('/candidates/export')
    expect((await ask('/candidates/export/open', 'text/html', 'HEAD')).statusCode).to.equal(303)
  })

  it('is refused for programs and for other methods', async () => {
    expect((await ask('/candidates/export/open', 'application/json')).statusCode).to.equal(405)
    expect((await ask('/candidates/export/open', '*/*')).headers.allow).to.equal('POST, OPTIONS')
    expect((await ask('/candidates/export/open', 'text/html', 'PUT')).statusCode).to.equal(405)
  })
})

import { expect } from 'chai'
import { LEVER_ADMIN } from '../../support/lever.ts'
import { startService, type ServiceForTests } from '../../support/service.ts'
import { ROUTE_ACCESS } from '../hostile/route-access.ts'
import { visit, type Visitor } from './visitor.ts'

/** Forms that check a link, a sample or a file before the fields. */
const ELSEWHERE = new Set([
  '/sign-in/link/:token', '/set-up/:token', '/connect/lever/:token', '/sign-in/sample', '/candidates/import', '/candidates/import/preview',
]) // prettier-ignore

const FORMS = Object.values(ROUTE_ACCESS)
  .flat()
  .flatMap((route) => /^POST (\/(?!api\/|webhooks\/).*)$/.exec(route)?.[1] ?? [])
  .filter((path) => !ELSEWHERE.has(path))

const LISTS: Readonly<Record<string, readonly string[]>> = {
  '/candidates': ['exported=maybe', 'sort=email', 'q=a&q=b', `q=${'x'.repeat(201)}`, 'Project=x', 'q=a%00b'],
  '/candidates/export/jobs': ['q=a&q=b', 'Q=x', 'q=a%00b'],
  '/exports': ['status=done', 'status=failed&status=exported', 'sort=name', 'Status=failed', 'cursor=a&cursor=b'],
  '/exports/batches': ['cursor=a&cursor=b', 'Cursor=x'],
  '/exports/progress': ['export=x', 'export=a.b.c', 'Export=a.b', Array.from({ length: 101 }, (_, at) => `export=a.${at}`).join('&')],
  '/settings/people': ['q=a&q=b', 'sort=email', 'cursor=short', 'Q=x', 'q=a%00b'],
  '/settings/ats': ['edit=key', 'Edit=api-key'],
  '/settings/ats/users': ['q=a&q=b', 'cursor=short', 'Q=x', 'q=a%00b'],
  '/settings/api-keys': ['cursor=short', 'q=x'],
  '/settings/export-rules': ['name=a&name=b', 'cursor=short', 'Name=x'],
  '/activity': ['status=done', 'from=yesterday', 'to=2026-13-01T00:00', 'auditFrom=today', 'event=a&event=b', 'Actor=x', 'actor=a%00b'],
  '/activity/audit.csv': ['auditFrom=today', 'auditTo=2026-02-30', 'actor=a&actor=b', 'from=2026-01-01', 'Action=x'],
} // prettier-ignore

describe('malformed input on a page', function () {
  this.timeout(60_000)
  let service: ServiceForTests
  let ana: Visitor
  let spanish: Visitor
  /** Uses another admin each time, because a person may open 100 pages in a burst. */
  let zoe: Visitor

  before(async () => {
    service = await startService()
    const { api } = await service.organization()
    await api.post('candidates', { name: 'Ada', emails: ['ada@mail.example'] })
    ana = await visit(service.url, api, LEVER_ADMIN)
    await api.put('users/zoe@acme.example', { name: 'Zoe', role: 'admin' })
    spanish = await visit(service.url, api, 'zoe@acme.example', 'es')
    zoe = await visit(service.url, api, 'zoe@acme.example')
  })
  after(() => service.stop())

  const filled = (path: string) => path.replaceAll(':place', 'candidateHired').replaceAll(/:\w+/g, '0'.repeat(24))

  it('is refused in every form: a field that it does not have', async () => {
    for (const path of FORMS.filter((one) => one !== '/settings/export-rules/remove' && one !== '/settings/people/remove')) {
      const { status, html } = await ana.send(filled(path), { stray: '1' })
      expect(status, `${path}: ${html.slice(0, 300)}`).to.equal(422)
    }
    expect((await ana.send('/settings/export-rules/remove?name=x', { stray: '1' })).status).to.equal(422)
    expect((await ana.send(`/settings/people/remove?email=${LEVER_ADMIN}`, { stray: '1' })).status).to.equal(422)
  })

  it('is refused in the address of every list, by name, instead of showing more', async () => {
    for (const [path, queries] of Object.entries(LISTS)) {
      for (const query of queries) {
        const { status, html } = await ana.open(`${path}?${query}`)
        expect(status, `${path}?${query.slice(0, 80)}`).to.equal(422)
        expect(html, `${path}?${query.slice(0, 80)}`).to.include(/^[^=]+/.exec(query)?.[0])
      }
      expect((await ana.open(`${path}?q=%ff`)).status, path).to.equal(400)
    }
    expect((await spanish.open('/exports?status=done')).html).to.include('Algún campo no es válido')
  })

  it('does not include empty filters or parameters that mail and ad programs append to links', async () => {
    for (const address of [
      '/candidates?q=&exported=&project=&sort=&cursor=&utm_source=mail&utm_campaign=x&fbclid=1',
      '/exports?status=&sort=added&gclid=1',
      '/activity?event=&status=&from=&to=',
      '/activity?actor=&action=&auditFrom=&auditTo=',
      '/activity/audit.csv?actor=',
      '/settings/people?q=',
      '/settings/ats/users?q=',
    ])
      expect((await zoe.open(address)).status, address).to.equal(200)
  })

  it('is refused if a missing field would select more', async () => {
    expect((await zoe.send('/activity/deliveries/replay')).status).to.equal(422)
    expect((await zoe.send('/settings/api-keys', { name: 'Key', lastDay: '' })).status).to.equal(422)
    expect((await zoe.send('/settings/export-rules', { name: 'Rule', stages: 'qualified' })).status).to.equal(422)
    expect((await zoe.send('/settings/ats/users', { do: 'mtach' })).status).to.equal(422)
    expect((await zoe.send('/candidates/import?allowErased=yes')).status).to.equal(422)
  })
})

import { expect } from 'chai'
import { AuditEventModel } from '../../../../src/audit/audit-event-model.ts'
import { ApiKeyModel } from '../../../../src/accounts/api-key-model.ts'
import { PersonModel } from '../../../../src/accounts/person-model.ts'
import { LEVER_ADMIN } from '../../../support/lever.ts'
import { SOURCER, startService, type Api, type ServiceForTests } from '../../../support/service.ts'
import { browse, fieldsOf, rowOf, visit, type Visitor } from '../visitor.ts'

const PEOPLE = '/settings/people'
const KEYS = '/settings/api-keys'

describe('people and API keys', function () {
  this.timeout(40_000)
  let service: ServiceForTests

  before(async () => {
    // generous, because calls to Lever may be slow when many tests run at once
    service = await startService({ LEVER_TIMEOUT_MS: '5000', SETTLE_MS: '6000' })
  })
  after(() => service.stop())

  async function fresh(language?: string): Promise<{ id: string; api: Api; ana: Visitor }> {
    const { id, api } = await service.organization()
    return { id, api, ana: await visit(service.url, api, LEVER_ADMIN, language) }
  }
  const onceOf = (html: string, action: string): string => {
    const form = html.slice(html.indexOf(`action="${action}"`))
    return /name="once" value="([^"]+)"/.exec(form)?.[1] ?? ''
  }
  const shownOf = (html: string): string => /id="made-value" type="text" readonly value="([^"]+)"/.exec(html)?.[1] ?? ''

  describe('people', () => {
    it('are invited by a link that is shown once and signs them in once', async () => {
      const { api, ana } = await fresh()
      const { html } = await ana.open(PEOPLE)
      expect(html)
        .to.match(/<label for="name">Name</)
        .and.match(/<label for="email">Email</)
        .and.match(/<label for="role">Role</)

      const invited = await ana.send(PEOPLE, { name: 'Zoë <b>', email: ' Zoe@Acme.example', role: 'admin', once: onceOf(html, PEOPLE) })

      const link = shownOf(invited.html)
      expect(link).to.match(new RegExp(`^${service.url}/sign-in/link/`))
      expect(invited.html).to.include('A link for Zoë &lt;b>').and.include('Copy link')
      expect((await ana.open(PEOPLE)).html).not.to.include(link)
      const zoe = browse(service.url)
      const asked = await zoe.open(new URL(link).pathname)
      expect(asked.html).to.include('as Zoë &lt;b>').and.include('Continue</button>')
      expect((await zoe.send(asked.path, fieldsOf(asked.html))).path).to.equal('/account/password')
      expect((await browse(service.url).open(asked.path)).status).to.equal(400)
      const { data } = (await api.get<{ data: { email: string; role: string }[] }>('users')).body
      expect(data[0]).to.include({ email: 'zoe@acme.example', role: 'admin' })
    })

    it('are invited once however often the form is submitted', async () => {
      const { id, ana } = await fresh()
      const form = { name: 'Zoe', email: 'zoe@acme.example', role: 'sourcer', once: onceOf((await ana.open(PEOPLE)).html, PEOPLE) }

      const answers = await Promise.all([ana.send(PEOPLE, form), ana.send(PEOPLE, form), ana.send(PEOPLE, form)])

      expect(new Set(answers.map(({ html }) => shownOf(html)))).to.have.lengthOf(1)
      expect(shownOf(answers[0].html)).not.to.equal('')
      expect(await AuditEventModel.countDocuments({ organization: id, action: 'signInLink.created' })).to.equal(2) // one of them is Ana's own
    })

    it('keep the input when a field is wrong, and are not changed by an invitation', async () => {
      const { api, ana } = await fresh('es')

      const wrong = await ana.send(PEOPLE, { name: ' ', email: 'nonsense', role: 'admin' })
      const here = await ana.send(PEOPLE, { name: 'Robert', email: SOURCER.toUpperCase(), role: 'admin' })

      expect(wrong.status).to.equal(422)
      expect(wrong.html).to.include('Escriba el nombre').and.include('No es una dirección de correo').and.include('value="nonsense"')
      expect(wrong.html).to.match(/<option value="admin" selected>/)
      expect(here.status).to.equal(422)
      expect(here.html).to.include('ya existe')
      const { data } = (await api.get<{ data: { email: string; role: string; name: string }[] }>('users')).body
      expect(data.find(({ email }) => email === SOURCER)).to.include({ role: 'sourcer', name: 'Bo Lindqvist' })
    })

    /** The form of the page, with changes in the row of `email`. */
    async function changed(ana: Visitor, email: string, change: { role?: string; active?: boolean }): Promise<Record<string, string>> {
      const { html } = await ana.open(PEOPLE)
      const fields = fieldsOf(html, `${PEOPLE}/changes`)
      for (const [, id, role] of html.matchAll(/<select name="role:(\w+)".*?<option value="(\w+)" selected/gs))
        fields[`role:${id}`] = role ?? ''
      const [, id = ''] = /name="was:(\w+)"/.exec(rowOf(html, email)) ?? []
      if (change.role !== undefined) fields[`role:${id}`] = change.role
      if (change.active === false) delete fields[`active:${id}`]
      return fields
    }

    it('can change role and can be deactivated, which ends their sessions', async () => {
      const { id, api, ana } = await fresh()
      const bo = await visit(service.url, api, SOURCER)

      expect((await ana.send(`${PEOPLE}/changes`, await changed(ana, SOURCER, { role: 'admin' }))).html).to.include('One change saved')
      expect((await bo.open(PEOPLE)).status).to.equal(200)
      await ana.send(`${PEOPLE}/changes`, await changed(ana, SOURCER, { active: false }))

      expect((await bo.open(PEOPLE)).path).to.match(/^\/sign-in\?next=/)
      expect(await PersonModel.findOne({ organization: id, email: SOURCER }).lean()).to.include({ role: 'admin', active: false })
      expect(rowOf((await ana.open(PEOPLE)).html, SOURCER)).not.to.include('Sign-in link')
    })

    it('leave alone what another admin has just changed, and say so', async () => {
      const { api, ana } = await fresh()
      const form = await changed(ana, SOURCER, { role: 'admin' })
      await api.put(`users/${encodeURIComponent(SOURCER)}`, { name: 'Bo Lindqvist', role: 'sourcer', active: false })

      const page = await ana.send(`${PEOPLE}/changes`, form)

      expect(page.html).to.include('someone else changed Bo Lindqvist')
      const { data } = (await api.get<{ data: { email: string; role: string; active: boolean }[] }>('users')).body
      expect(data.find(({ email }) => email === SOURCER)).to.include({ role: 'sourcer', active: false })
    })

    it('can be searched by name or email address once there are many, and paged, with the search in the address', async () => {
      const { id, ana } = await fresh()
      expect((await ana.open(PEOPLE)).html).not.to.include('role="search"')
      const people = Array.from({ length: 60 }, (_, index) => ({
        organization: id,
        email: `person.${index}@acme.example`,
        name: `Person (${index})`,
        role: 'sourcer',
      }))
      await PersonModel.insertMany(people)

      for (const page of [PEOPLE, '/settings/ats/users']) {
        const first = await ana.open(page)
        const [, more = ''] = /<a href="([^"]+cursor=[^"]+)">More people/.exec(first.html) ?? []
        expect(more, page).not.to.equal('')
        expect((await ana.open(more)).html)
          .to.include(LEVER_ADMIN)
          .and.include('Back to the start')
        const found = await ana.open(`${page}?q=${encodeURIComponent(' PERSON (7)')}`)
        expect(found.html).to.include('person.7@acme.example').and.include('value="PERSON (7)"').and.not.include('person.8@acme.example')
        expect(found.html).to.match(/<form method="post" action="[^"]*\?q=PERSON(\+|%20)%287%29"/)
        expect((await ana.open(`${page}?q=.*`)).html).to.include('No people found for “.*”')
        expect((await ana.open(`${page}?cursor=nonsense`)).status).to.equal(422)
      }
    })

    it('can be ordered by name or creation time, across pages, searches, and saves', async () => {
      const { id, ana } = await fresh('es')
      const people = ['zoe', 'Ána', 'ana'].map((name, at) => ({ organization: id, email: `sorted.${at}@acme.example`, name: `${name} S.`, role: 'sourcer' })) // prettier-ignore
      const others = Array.from({ length: 50 }, (_, at) => ({ organization: id, email: `m.${at}@acme.example`, name: 'M.', role: 'sourcer' })) // prettier-ignore
      await PersonModel.insertMany([...people, ...others])
      const sortedOf = (html: string) => [...html.matchAll(/sorted\.(\d)@acme\.example<\//g)].map(([, at]) => at)

      const first = await ana.open(`${PEOPLE}?sort=name`)
      const [, more = ''] = /<a href="([^"]+)">Más personas/.exec(first.html) ?? []
      const second = await ana.open(more.replaceAll('&amp;', '&'))

      expect(sortedOf(first.html)).to.deep.equal(['1', '2'])
      expect(sortedOf(second.html)).to.deep.equal(['0'])
      expect(second.html).to.include(
        '<th role="columnheader" scope="col" class="sort" aria-sort="ascending"><a href="/settings/people?sort=-name">Persona</a>',
      )
      expect(second.html).to.include('<input type="hidden" name="sort" value="name"').and.include('data-sort-by="Ordenar por"')
      const found = await ana.open(`${PEOPLE}?sort=-name&q=sorted.`)
      expect(sortedOf(found.html)).to.deep.equal(['0', '2', '1'])
      expect((await ana.send(`${PEOPLE}/changes?sort=-name`)).path).to.equal(`${PEOPLE}?sort=-name`)
      expect(found.html).to.include('action="/settings/people/changes?q=sorted.&amp;sort=-name"')
      expect(sortedOf((await ana.open(`${PEOPLE}?sort=added&q=sorted.`)).html)).to.deep.equal(['0', '1', '2'])
      expect((await ana.open(`${PEOPLE}?sort=email&q=sorted.`)).status).to.equal(422)
    })

    it('cannot lock themselves out', async () => {
      const { id, api, ana } = await fresh()
      const self = await PersonModel.findOne({ organization: id, email: LEVER_ADMIN }).orFail().lean()
      const was = JSON.stringify({ email: LEVER_ADMIN, role: 'admin', active: true })

      expect(rowOf((await ana.open(PEOPLE)).html, LEVER_ADMIN))
        .to.include('you')
        .and.not.include('<select')
        .and.not.include('Remove')
      await ana.send(`${PEOPLE}/changes`, { [`was:${String(self._id)}`]: was, [`role:${String(self._id)}`]: 'sourcer' })

      expect((await ana.send(`${PEOPLE}/remove?email=${encodeURIComponent(LEVER_ADMIN)}`)).status).to.equal(404)
      const { data } = (await api.get<{ data: { email: string; role: string }[] }>('users')).body
      expect(data.find(({ email }) => email === LEVER_ADMIN)).to.include({ role: 'admin' })
    })

    it('can get a new link, and can be removed after a confirmation', async () => {
      const { api, ana } = await fresh()
      const { html } = await ana.open(PEOPLE)

      const linked = await ana.send(`${PEOPLE}/link`, { email: SOURCER, once: onceOf(html, `${PEOPLE}/link`) })
      expect(shownOf(linked.html)).to.include('/sign-in/link/')
      const address = `${PEOPLE}/remove?email=${encodeURIComponent(SOURCER)}`
      expect((await ana.open(address)).html)
        .to.include('Remove Bo Lindqvist?')
        .and.include('switch Active off instead')
      expect((await ana.send(address)).html).to.include('Bo Lindqvist was removed')

      expect((await api.get<{ data: unknown[] }>('users')).body.data).to.have.lengthOf(1)
      expect((await ana.send(`${PEOPLE}/link`, { email: SOURCER })).status).to.equal(404)
    })
  })

  describe('leaving', () => {
    const OTHER = 'zoe@acme.example'
    /** A second admin with an API key and a pending authorization. */
    const withZoe = async () => {
      const { id, api, ana } = await fresh()
      await api.put(`users/${OTHER}`, { name: 'Zoe', role: 'admin' })
      const zoe = await visit(service.url, api, OTHER)
      await zoe.send(KEYS, { access: 'full', name: 'Nightly report' })
      const { authorizeUrl } = (await api.post<{ authorizeUrl: string }>('connection/authorize', { userEmail: OTHER })).body
      return { id, api, ana, zoe, authorize: new URL(authorizeUrl).pathname }
    }

    it('names the API keys that keep working, before a person is removed and afterwards under API keys', async () => {
      const { ana } = await withZoe()
      const address = `${PEOPLE}/remove?email=${OTHER}`

      const asked = await ana.open(address)
      expect(asked.html)
        .to.include('Zoe created an API key that still works.')
        .and.match(/Nightly report .*href="\/settings\/api-keys\/\w+\/revoke"/)
      expect((await ana.open(KEYS)).html).not.to.include('Keys created by people who left')
      await ana.send(address)

      const keys = (await ana.open(KEYS)).html
      expect(keys).to.include('Keys created by people who left')
      expect(rowOf(keys, 'Nightly report')).to.include('by Zoe').and.include('no longer here').and.include('Revoke')
    })

    it('says so when a person is deactivated, and ends their sessions and authorizations permanently', async () => {
      const { api, ana, zoe, authorize } = await withZoe()
      expect((await browse(service.url).open(authorize)).html).to.include('Continue to Lever')
      const { html } = await ana.open(PEOPLE)
      const [, id = ''] = /name="was:(\w+)"/.exec(rowOf(html, OTHER)) ?? []
      const was = JSON.stringify({ email: OTHER, role: 'admin', active: true })

      const saved = await ana.send(`${PEOPLE}/changes`, { [`was:${id}`]: was, [`role:${id}`]: 'admin' })
      expect(saved.html).to.include('Zoe created an API key that still works.').and.include('in Settings > API keys')
      await api.put(`users/${OTHER}`, { name: 'Zoe', role: 'admin' })

      expect((await zoe.open(KEYS)).path).to.match(/^\/sign-in/)
      expect((await browse(service.url).open(authorize)).status).to.equal(400)
    })
  })

  describe('API keys', () => {
    it('are created with a name and shown once, and created once however often the form is submitted', async () => {
      const { api, ana } = await fresh()
      const form = { access: 'full', name: ' Sourcing <tool> ', once: onceOf((await ana.open(KEYS)).html, KEYS) }

      const [made, again] = [await ana.send(KEYS, form), await ana.send(KEYS, form)]

      const key = shownOf(made.html)
      expect(made.html).to.include('The key “Sourcing &lt;tool>”').and.include('Copy API key')
      expect(shownOf(again.html)).to.equal(key)
      expect((await service.api(key).get('users')).status).to.equal(200)
      expect((await api.get<{ data: unknown[] }>('api-keys')).body.data).to.have.lengthOf(2)
      const listed = (await ana.open(KEYS)).html
      expect(listed).not.to.include(key)
      expect(rowOf(listed, 'Sourcing'))
        .to.include(`…${key.slice(-4)}`)
        .and.match(/<time/)
    })

    it('require a name', async () => {
      const { ana } = await fresh()

      const page = await ana.send(KEYS, { access: 'full', name: ' ' })

      expect(page.status).to.equal(422)
      expect(page.html).to.include('Give the key a name').and.include('aria-invalid="true"')
    })

    it('can be read-only and can expire', async () => {
      const { id, api, ana } = await fresh()
      const day = (fromNow: number) => new Date(Date.now() + fromNow * 86_400_000).toISOString().slice(0, 10)

      const past = await ana.send(KEYS, { name: 'Report', access: 'read', lastDay: day(-1) })
      const made = await ana.send(KEYS, { name: 'Report', access: 'read', lastDay: day(1) })

      expect(past.status).to.equal(422)
      expect(past.html)
        .to.include('Choose today or a later day')
        .and.include(`value="${day(-1)}"`)
        .and.match(/<option value="read" selected>/)
      const [key] = (await api.get<{ data: Record<string, unknown>[] }>('api-keys')).body.data
      expect(key).to.include({ name: 'Report', access: 'read', expiresAt: `${day(2)}T00:00:00.000Z` })
      expect(key?.['madeBy']).to.include({ email: LEVER_ADMIN, left: false })
      const key2 = service.api(shownOf(made.html))
      expect([(await key2.get('users')).status, (await key2.post('api-keys', { name: 'x' })).status]).to.deep.equal([200, 403])
      expect(rowOf((await ana.open(KEYS)).html, 'Report'))
        .to.include('Read only')
        .and.not.include('Expired')
      await ApiKeyModel.updateOne({ organization: id, name: 'Report' }, { expiresAt: new Date(Date.now() - 1) })
      expect(rowOf((await ana.open(KEYS)).html, 'Report')).to.include('Expired')
    })

    it('are revoked at once, after a confirmation', async () => {
      const { ana } = await fresh()
      const key = shownOf((await ana.send(KEYS, { access: 'full', name: 'Old tool' })).html)
      const [, address = ''] =
        /href="(\/settings\/api-keys\/\w+\/revoke)" aria-label="Revoke: Old tool"/.exec((await ana.open(KEYS)).html) ?? []

      expect((await ana.open(address)).html).to.include('Revoke “Old tool”?')
      expect((await service.api(key).get('users')).status).to.equal(200)
      expect((await ana.send(address)).html).to.include('The key “Old tool” was revoked')

      expect((await service.api(key).get('users')).status).to.equal(401)
      expect((await ana.send(address)).status).to.equal(404)
      expect((await ana.open(`${KEYS}/nonsense/revoke`)).status).to.equal(404)
    })

    it('of another organization do not exist', async () => {
      const { ana } = await fresh()
      const other = await fresh()
      const [key] = (await other.api.get<{ data: { id: string }[] }>('api-keys')).body.data

      expect((await ana.send(`${KEYS}/${key?.id}/revoke`)).status).to.equal(404)
      expect((await other.api.get('users')).status).to.equal(200)
    })
  })

  it('are available to admins only', async () => {
    const { api } = await fresh()
    const bo = await visit(service.url, api, SOURCER)

    for (const path of [PEOPLE, `${PEOPLE}/remove`, KEYS]) expect((await bo.open(path)).status, path).to.equal(403)
    for (const path of [PEOPLE, `${PEOPLE}/changes`, `${PEOPLE}/link`, KEYS]) expect((await bo.send(path)).status, path).to.equal(403)
    expect((await bo.open('/candidates')).html).not.to.include('/settings')
  })
})

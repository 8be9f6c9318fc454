import { expect } from 'chai'
import { startService, type Api, type ServiceForTests } from '../support/service.ts'
import { LEVER_ADMIN } from '../support/lever.ts'
import { sendRaw } from './hostile/raw-request.ts'
import { signIn } from './hostile/tenant.ts'

describe('NUL character', () => {
  let service: ServiceForTests
  let api: Api

  before(async () => {
    service = await startService()
    ;({ api } = await service.organization())
  })
  after(() => service.stop())

  it('is refused in the search of a page', async () => {
    const { cookie } = await signIn(service.url, api, LEVER_ADMIN)

    for (const path of ['/settings/people', '/candidates', '/candidates/export/jobs', '/settings/ats/users']) {
      const { status, text } = await sendRaw(service.url, { method: 'GET', path: `${path}?q=a%00b`, headers: { cookie } })
      expect(status, `${path}: ${text.slice(0, 200)}`).to.equal(422)
    }
  })

  it('is refused in a query or a body of the API, with its path', async () => {
    const inQuery = await api.get<{ code: string; errors: { path: string }[] }>('candidates?q=a%00b')
    const inBody = await api.post<{ code: string; errors: { path: string }[] }>('candidates', { name: 'A\0B', emails: ['a@mail.example'] })

    expect([inQuery.status, inQuery.body.errors[0]?.path]).to.deep.equal([422, 'query.q'])
    expect([inBody.status, inBody.body.errors[0]?.path]).to.deep.equal([422, 'name'])
  })
})

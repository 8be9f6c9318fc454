import { expect } from 'chai'
import { got, type Method } from 'got'
import { LEVER_ADMIN } from '../support/lever.ts'
import { SOURCER, startService, type Api, type ServiceForTests } from '../support/service.ts'
import { signIn, type Session } from '../web/hostile/tenant.ts'
import { visit } from '../web/pages/visitor.ts'
import { message, newCandidate, newConversation, WITH_CONVERSATIONS } from './conversation-world.ts'

const OTHER = 'dilnoza@acme.example'

describe('conversations/participants', () => {
  let service: ServiceForTests
  let api: Api
  let candidateId: string
  let [bo, other, admin]: Session[] = []

  before(async () => {
    service = await startService({})
    api = (await service.connected(WITH_CONVERSATIONS)).api
    candidateId = (await newCandidate(api)).id
    await api.put(`users/${OTHER}`, { name: 'Dilnoza', role: 'sourcer' })
    for (const email of [OTHER, LEVER_ADMIN]) await api.put(`user-mappings/${email}`, { leverEmail: email })
    bo = await signIn(service.url, api, SOURCER)
    other = await signIn(service.url, api, OTHER)
    admin = await signIn(service.url, api, LEVER_ADMIN)
  })
  after(() => service.stop())

  async function ask(who: Session | undefined, method: Method, externalId: string, json?: object) {
    const path = `/api/v1/conversations/${externalId}${json === undefined ? '' : '/messages'}`
    const { statusCode } = await got(service.url + path, {
      method,
      headers: { cookie: who?.cookie, 'x-csrf-token': who?.csrfToken },
      ...(json === undefined ? {} : { json }),
      throwHttpErrors: false,
    })
    return statusCode
  }
  const write = (who: Session | undefined, externalId: string, fields: Record<string, unknown> = {}) =>
    ask(who, 'POST', externalId, message({ candidateId, author: who?.email, ...fields }))
  const read = (who: Session | undefined, externalId: string) => ask(who, 'GET', externalId)

  it('lets a sourcer read and write only where they have written or nobody has', async () => {
    const talk = newConversation()
    expect(await write(bo, talk)).to.equal(202)

    expect([await write(other, talk), await write(other, talk, { direction: 'inbound' }), await read(other, talk)]).to.deep.equal([
      404, 404, 404,
    ])
    expect([await write(bo, talk), await read(bo, talk), await read(admin, talk), await write(admin, talk)]).to.deep.equal([
      202, 200, 200, 202,
    ])
    expect(await write(bo, talk), 'after an admin has written').to.equal(202)
    const byKey = await api.post(`conversations/${talk}/messages`, message({ candidateId, author: OTHER.toUpperCase() }))
    expect(byKey.status).to.equal(202)
    expect([await read(other, talk), await write(other, talk)], 'spoken for by the API key').to.deep.equal([200, 202])
  })

  it('lets a sourcer join if only the candidate has written', async () => {
    const talk = newConversation()
    const inbound = message({ candidateId, direction: 'inbound', author: '+34 600 000 000' })
    expect((await api.post(`conversations/${talk}/messages`, inbound)).status).to.equal(202)

    expect([await read(other, talk), await write(other, talk), await read(bo, talk)]).to.deep.equal([200, 202, 404])
  })

  it('lets only one of two sourcers start a conversation at the same time', async () => {
    for (let round = 0; round < 8; round += 1) {
      const talk = newConversation()
      const statuses = await Promise.all([write(bo, talk), write(other, talk)])
      expect(statuses).to.have.members([202, 404])
    }
  })

  it('shows on the candidate’s page that others have conversations, without their messages', async () => {
    const { id } = await newCandidate(api)
    const talk = newConversation()
    expect(await write(bo, talk, { candidateId: id, body: 'between the two of us' })).to.equal(202)
    const pageOf = async (email: string) => (await visit(service.url, api, email)).open(`/candidates/${id}`)

    for (const email of [SOURCER, LEVER_ADMIN])
      expect((await pageOf(email)).html)
        .to.include('between the two of us')
        .and.include('Write note now')
    const { html } = await pageOf(OTHER)
    expect(html)
      .to.include(talk)
      .and.include('1 message · Only admins and the people who take part in this conversation can read it.')
      .and.not.include('between the two of us')
      .and.not.include('Write note now')
    const [, conversation = ''] = /conversations\/([0-9a-f]{24})\/note/.exec((await pageOf(SOURCER)).html) ?? []
    const hurried = await (await visit(service.url, api, OTHER)).send(`/candidates/${id}/conversations/${conversation}/note`)
    expect(hurried.html).to.include('There is no such conversation')
  })
})

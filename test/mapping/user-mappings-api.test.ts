import { expect } from 'chai'
import { createMappings } from '../../src/mapping/mappings.ts'
import { userMappingEndpoints } from '../../src/web/api/user-mappings.ts'
import { connect, mirrorOf } from '../mirror/mirror-under-test.ts'
import { startLever, type LeverForTests } from '../support/lever.ts'
import { connectEmptyDatabase, leaveDatabase } from '../support/mongo.ts'
import { startWeb, type RunningWeb } from '../support/web.ts'

describe('/api/v1/user-mappings', () => {
  let lever: LeverForTests
  let web: RunningWeb

  before(async () => {
    await connectEmptyDatabase()
    lever = await startLever()
    await lever.settings({ rateLimit: { enabled: false } })
    const { mirror } = await mirrorOf(lever)
    web = await startWeb({
      endpoints: ({ accounts, audit }) =>
        userMappingEndpoints({
          mappings: createMappings({
            accounts,
            audit,
            leverUsers: { lookUp: mirror.lookUpUser, byId: mirror.usersById, all: mirror.allUsers, refresh: mirror.refreshUsers },
          }),
        }),
    })
    await connect(web.organization)
  })
  after(async () => {
    await web.stop()
    await lever.stop()
    await leaveDatabase()
  })

  const put = (userEmail: string, json: unknown) => web.call('PUT', `/api/v1/user-mappings/${encodeURIComponent(userEmail)}`, { json })
  const addPerson = (email: string) => web.accounts.putPerson(web.organization, email, { name: email, role: 'sourcer' }, 'operator')

  it('maps, lists, and removes in an organization that has not synced yet', async () => {
    await addPerson('bea@x.example')

    const mapped = await put('Bea@x.example', { leverEmail: 'BO@acme.example' })

    expect(mapped.status).to.equal(200)
    const mapping = (await mapped.json()) as Record<string, unknown>
    expect(mapping).to.include({
      userEmail: 'bea@x.example',
      leverEmail: 'bo@acme.example',
      leverName: 'Bo Lindqvist',
      accessRole: 'admin',
      active: true,
      status: 'mapped',
    })
    expect(await (await web.call('GET', '/api/v1/user-mappings')).json()).to.deep.equal({ data: [mapping], nextCursor: null })
    expect((await web.call('DELETE', '/api/v1/user-mappings/bea%40x.example')).status).to.equal(204)
    expect((await web.call('DELETE', '/api/v1/user-mappings/bea%40x.example')).status).to.equal(404)
  })

  it('answers each refusal with its code', async () => {
    await addPerson('a@x.example')
    await addPerson('b@x.example')
    await put('a@x.example', { leverEmail: 'chidi@acme.example' })
    const refused = async (answer: Promise<Response>) => {
      const { status, code } = (await (await answer).json()) as { status: number; code: string }
      return `${status} ${code}`
    }

    expect(await refused(put('nobody@x.example', { leverEmail: 'bo@acme.example' }))).to.equal('404 user_not_found')
    expect(await refused(put('b@x.example', { leverEmail: 'nobody@acme.example' }))).to.equal('422 lever_user_not_found')
    expect(await refused(put('b@x.example', { leverEmail: 'gus@acme.example' }))).to.equal('422 lever_user_deactivated')
    expect(await refused(put('b@x.example', { leverEmail: 'chidi@acme.example' }))).to.equal('409 lever_user_already_mapped')
    expect(await refused(put('b@x.example', {}))).to.equal('422 invalid_request')
    expect(await refused(put('b@x.example', { leverEmail: 'bo@acme.example', role: 'admin' }))).to.equal('422 invalid_request')
  })

  it('matches by email address and suggests near misses', async () => {
    await addPerson('ana@acme.example')
    await addPerson('emile@other.example')

    const answer = await web.call('POST', '/api/v1/user-mappings/auto-match')

    expect(answer.status).to.equal(200)
    const { matched, unmatched } = (await answer.json()) as {
      matched: { userEmail: string }[]
      unmatched: { userEmail: string; suggestions: { leverEmail: string }[] }[]
    }
    expect(matched.map(({ userEmail }) => userEmail)).to.deep.equal(['ana@acme.example'])
    expect(unmatched.find(({ userEmail }) => userEmail === 'emile@other.example')?.suggestions[0]).to.include({
      leverEmail: 'emile@acme.example',
    })
  })

  it('is available to admins only', async () => {
    const { cookie, csrfToken } = await web.signIn('sourcer@x.example', 'sourcer')
    const headers = { cookie, 'x-csrf-token': csrfToken }

    for (const [method, path] of [
      ['GET', ''],
      ['PUT', '/a%40x.example'],
      ['DELETE', '/a%40x.example'],
      ['POST', '/auto-match'],
    ] as const) {
      const options = method === 'PUT' ? { headers, json: { leverEmail: 'bo@acme.example' } } : { headers }
      expect((await web.call(method, `/api/v1/user-mappings${path}`, options)).status, method).to.equal(403)
    }
  })
})

import { request } from 'node:http'
import { expect } from 'chai'
import { startLever, type LeverForTests } from '../support/lever.ts'
import { answerOf, callLever, userId, type Answer } from './call-lever.ts'

describe('control interface of the local Lever', () => {
  let lever: LeverForTests

  before(async () => {
    lever = await startLever()
  })
  after(async () => lever.stop())

  const post = async (path: string, body: unknown, method = 'POST'): Promise<Answer> =>
    answerOf(await fetch(`${lever.url}/control${path}`, { method, body: typeof body === 'string' ? body : JSON.stringify(body) }))

  it('refuses wrong bodies with reasons', async () => {
    const wrong: [method: string, path: string, body: unknown, field: string][] = [
      ['POST', '/faults', { kind: 'explode' }, 'kind'],
      ['POST', '/faults', { kind: 'status', match: { path: '(' } }, 'match.path'],
      ['POST', '/faults', { kind: 'status', tmies: 1 }, ''],
      ['POST', '/faults', 'not json', ''],
      ['PATCH', '/settings', { latencyMs: -1 }, 'latencyMs'],
      ['PATCH', '/settings', { eventGroups: { candidateSang: true } }, 'eventGroups'],
      ['POST', '/webhooks', { event: 'candidateHired', url: 'http://far.example.test/' }, 'url'],
      ['POST', '/api-keys', { permissions: ['Rule the world'] }, 'permissions.0'],
      ['POST', '/redirect-uris', { redirectUris: ['nonsense'] }, 'redirectUris.0'],
      ['POST', '/opportunities', { name: 5 }, 'name'],
      ['POST', '/opportunities', { stage: 'none' }, 'stage'],
    ]
    for (const [method, path, body, field] of wrong) {
      const answer = await post(path, body, method)
      expect(answer.status, `${path} ${JSON.stringify(body)}`).to.equal(422)
      expect(answer.body.errors[0].path, path).to.equal(field)
      expect(answer.body.errors[0].message).to.be.a('string').and.not.empty
    }
  })

  it('reports unknown objects', async () => {
    for (const path of ['/opportunities/none/stage', '/users/none/deactivate', '/webhooks/none/verify', '/deliveries/none/rerun']) {
      expect((await post(path, { stage: 'offer' })).status, path).to.equal(404)
    }
    expect((await answerOf(await fetch(`${lever.url}/control/state?opportunity=none`))).status).to.equal(404)
  })

  it('refuses requests from pages of other sites', async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const sent = request(`${lever.url}/control/reset`, { method: 'POST', headers: { origin: 'https://evil.example.test' } }, (answer) => {
        answer.resume()
        resolve(answer.statusCode)
      })
      sent.on('error', reject).end()
    })
    expect(status).to.equal(403)
  })

  it('acts like people in the UI', async () => {
    const api = callLever(lever)
    const made = await lever.addOpportunity({ name: 'By Hand', emails: ['hand@example.test'], by: 'bo@acme.example' })
    expect(made).to.deep.include({ sources: ['Added manually'], owner: await userId(api, 'bo'), stage: 'lead-new' })
    await lever.moveStage(made.id, 'Recruiter screen')
    await lever.archive(made.id, 'Timing')
    const [archived] = await lever.opportunitiesByEmail('hand@example.test')
    expect(archived?.stage).not.to.equal('lead-new')
    expect(archived?.archived).not.to.equal(null)
    await lever.unarchive(made.id)
    await lever.hire(made.id)
    expect((await lever.opportunitiesByEmail('hand@example.test'))[0]?.archived?.reason).to.equal(
      (await api.get('/archive_reasons?type=hired')).body.data[0].id,
    )
    await lever.deactivateUser('bo@acme.example')
    expect((await api.get('/users?email=bo@acme.example')).body.data).to.be.empty
    await lever.reactivateUser('bo@acme.example')
    await lever.changeUser('bo@acme.example', { email: 'bo.new@acme.example' })
    expect((await api.get('/users?email=bo.new@acme.example')).body.data).to.have.length(1)
    expect((await answerOf(await fetch(`${lever.url}/control/state?opportunity=${made.id}`))).body.opportunity.name).to.equal('By Hand')
  })

  it('merges two contacts: one disappears, the other gets its opportunities and addresses', async () => {
    const gone = await lever.addOpportunity({ name: 'One', emails: ['one@example.test'] })
    const kept = await lever.addOpportunity({ name: 'Two', emails: ['two@example.test'] })

    await lever.mergeContacts(gone.id, kept.id)

    const all = await lever.opportunitiesByEmail('one@example.test')
    expect(all.map(({ id, contact }) => [id, contact])).to.have.deep.members([[gone.id, kept.contact], [kept.id, kept.contact]]) // prettier-ignore
    expect((await callLever(lever).get(`/contacts/${gone.contact}`)).status).to.equal(404)
    expect((await callLever(lever).get(`/opportunities?contact_id=${gone.contact}`)).body.data).to.deep.equal([])
  })

  it('resets to the sample account', async () => {
    await lever.addOpportunity({ name: 'Leftover' })
    await lever.fault({ kind: 'status', match: { path: 'nothing' } })
    await lever.reset()

    const { body } = await answerOf(await fetch(`${lever.url}/control/state`))
    expect(body).to.include({ opportunities: 300, users: 8, requests: 0, webhooks: 0 })
    expect((await answerOf(await fetch(`${lever.url}/control/faults`))).body.data).to.be.empty
    expect((await callLever(lever).get('/users?email=bo@acme.example')).body.data).to.have.length(1)
  })
})

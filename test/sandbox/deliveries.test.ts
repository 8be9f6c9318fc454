import { createHmac } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { signDelivery } from '../../src/sandbox/deliveries/signature.ts'
import { eventually } from '../support/eventually.ts'
import { startLever, type LeverForTests } from '../support/lever.ts'
import { addOpportunity, callLever, postingNamed, type CallLever, type Json } from './call-lever.ts'
import { startReceiver, type WebhookReceiver } from './webhook-receiver.ts'

describe('webhooks of the local Lever', () => {
  let lever: LeverForTests
  let api: CallLever
  let receiver: WebhookReceiver

  beforeEach(async () => {
    receiver = await startReceiver()
    lever = await startLever({ answers: 'likeliest' })
    await lever.settings({ rateLimit: { enabled: false } })
    api = callLever(lever)
  })
  afterEach(async () => {
    await lever.stop()
    await receiver.stop()
  })

  const received = async (count: number): Promise<Json[]> =>
    eventually(`${count} deliveries`, () => (receiver.bodies.length >= count ? receiver.bodies : null))
  const settled = async (): Promise<void> => {
    await eventually('no delivery pending', async () => (await lever.deliveries()).every(({ status }) => status !== 'pending'))
  }

  it('have the signature of the known vector', () => {
    const signature = signDelivery(
      '81358960e95ed76bf1def200692c2f956818caf168682e26',
      '9b0a8f4e6d2c4b7f8a1e3d5c7b9f0a2c4e6d8b1f3a5c7e9d',
      1782975358767,
    )

    expect(signature).to.equal('5aaa567a87fb91ee1d83e49cde8048fc76366f25ea794628aa84a9e36c24e69f')
  })

  it('report a stage change, signed, with ids only', async () => {
    const webhook = await lever.addWebhook('candidateStageChange', receiver.url)
    const { data } = await addOpportunity(api, { name: 'Told' })
    await api.send('PUT', `/opportunities/${data.id}/stage`, { stage: 'offer' })

    const [body] = await received(1)

    expect(body).to.have.keys('id', 'event', 'triggeredAt', 'token', 'signature', 'data')
    expect(body.event).to.equal('candidateStageChange')
    expect(body.token).to.match(/^[0-9a-f]{48}$/)
    expect(body.data).to.deep.equal({
      opportunityId: data.id,
      candidateId: data.id,
      contactId: data.contact,
      fromStageId: 'lead-new',
      toStageId: 'offer',
    })
    expect(body.signature).to.equal(
      createHmac('sha256', webhook.signatureToken)
        .update(body.token + String(body.triggeredAt))
        .digest('hex'),
    )
    expect(receiver.userAgents[0]).to.equal('Lever-Webhooks')
    await api.send('PUT', `/opportunities/${data.id}/stage`, { stage: 'offer' })
    await settled()
    expect(receiver.bodies, 'nothing for a move to the same stage').to.have.length(1)
  })

  it('report applications, hires, archive changes, deletions, contacts, and interviews', async () => {
    for (const event of [
      'applicationCreated',
      'candidateHired',
      'candidateArchiveChange',
      'candidateDeleted',
      'contactCreated',
      'contactUpdated',
      'interviewCreated',
    ]) {
      await lever.addWebhook(event, receiver.url)
    }
    const posting = await postingNamed(api, 'Data Scientist')
    const { data } = await addOpportunity(api, { name: 'Eventful', postings: [posting.id] })
    await api.send('PUT', `/contacts/${data.contact}`, { name: 'E.' })
    await api.send('POST', `/opportunities/${data.id}/panels?perform_as=${data.owner}`, {
      timezone: 'UTC',
      interviews: [{ date: 1, duration: 1, interviewers: [{ id: data.owner }] }],
    })
    await lever.hire(data.id)
    await lever.unarchive(data.id)
    await lever.deleteOpportunity(data.id)

    const byEvent = await received(8)
    const dataOf = (event: string): Json[] => byEvent.filter((body) => body.event === event).map((body) => body.data)

    expect(dataOf('applicationCreated')[0]).to.deep.equal({
      applicationId: data.applications[0],
      opportunityId: data.id,
      candidateId: data.id,
      contactId: data.contact,
    })
    expect(dataOf('candidateHired')).to.have.length(1)
    const archiveChanges = dataOf('candidateArchiveChange').toSorted(
      (a, b) => Number(a.fromArchived !== null) - Number(b.fromArchived !== null),
    )
    expect(archiveChanges[0].toArchived).to.have.keys('archivedAt', 'reason')
    expect(archiveChanges[1]).to.deep.include({ fromArchived: archiveChanges[0].toArchived, toArchived: null })
    expect(dataOf('candidateDeleted')[0].opportunityId).to.equal(data.id)
    expect([dataOf('contactCreated').length, dataOf('contactUpdated').length]).to.deep.equal([1, 1])
    expect(dataOf('interviewCreated')[0]).to.have.keys('interviewId', 'panelId', 'opportunityId', 'candidateId', 'contactId')
  })

  it('are retried up to five times with the same token and signature, including redirects, then given up', async () => {
    await lever.addWebhook('candidateStageChange', receiver.url)
    receiver.answers.push(500, 302, 404, 503, 500, 500)
    const { data } = await addOpportunity(api, {})
    await lever.moveStage(data.id, 'offer')

    const bodies = await received(6)
    await settled()

    expect(new Set(bodies.map((body) => `${body.token} ${body.triggeredAt} ${body.signature}`)).size).to.equal(1)
    const [delivery] = await lever.deliveries()
    expect(delivery?.status).to.equal('failed')
    expect(delivery?.attempts.map(({ status }) => status)).to.deep.equal([500, 302, 404, 503, 500, 500])
    expect((await lever.rerunDelivery(delivery?.id ?? '')).status, 'Rerun').to.equal('succeeded')
    expect(receiver.bodies.at(-1).token).to.equal(bodies[0].token)
  })

  it('are not retried after a success, and count a timeout as a failure', async () => {
    const webhook = await lever.addWebhook('candidateStageChange', receiver.url)
    receiver.answers.push(503)
    await lever.deliver('candidateStageChange', { opportunityId: 'odd' }, webhook.id)
    await received(2)
    await settled()
    expect((await lever.deliveries())[0]?.attempts.map(({ status }) => status)).to.deep.equal([503, 200])

    await lever.settings({ retryDelaysMs: [] })
    const nowhere = await lever.addWebhook('candidateHired', 'http://127.0.0.1:9/hooks')
    await lever.deliver('candidateHired', {}, nowhere.id)
    await settled()
    const last = (await lever.deliveries()).at(-1)
    expect([last?.status, last?.attempts[0]?.status]).to.deep.equal(['failed', null])
  })

  it('are not sent for a disabled event, for other origins, or about confidential records without access', async () => {
    await lever.addWebhook('candidateStageChange', receiver.url)
    await api.send('POST', '/webhooks', {
      url: receiver.url,
      event: 'candidateHired',
      configuration: { conditions: { origins: ['applied'] } },
    })
    const { data } = await addOpportunity(api, { name: 'Quiet' })
    await lever.hire(data.id)
    await lever.settings({ eventGroups: { candidateStageChange: false } })
    await lever.moveStage(data.id, 'offer')
    await lever.settings({ eventGroups: { candidateStageChange: true } })
    const hidden = (await api.get('/opportunities?confidentiality=confidential&archived=false')).body.data[0]
    await lever.moveStage(hidden.id, hidden.stage === 'offer' ? 'lead-new' : 'offer')
    expect(await lever.deliveries()).to.be.empty

    await lever.moveStage(data.id, 'lead-new')
    expect(await received(1)).to.have.length(1)
  })

  it('are verified with empty data and no id, and are not created by the API if that fails', async () => {
    const webhook = await lever.addWebhook('candidateHired', receiver.url)
    expect((await lever.verifyWebhook(webhook.id)).status).to.equal('succeeded')
    expect(receiver.bodies[0].data).to.deep.equal({})
    expect(receiver.bodies[0]).not.to.have.property('id')
    receiver.answers.push(401)
    expect((await lever.verifyWebhook(webhook.id)).status).to.equal('failed')
    expect(receiver.bodies, 'a test is not repeated').to.have.length(2)

    receiver.answers.push(500)
    const refused = await api.send('POST', '/webhooks', {
      url: receiver.url,
      event: 'candidateHired',
      configuration: { verifyConnection: true },
    })
    expect(refused.status).to.equal(400)
    expect((await api.get('/webhooks')).body.data).to.be.empty
    expect(
      (await api.send('POST', '/webhooks', { url: receiver.url, event: 'candidateHired', configuration: { verifyConnection: true } }))
        .status,
    ).to.equal(201)
  })

  it('of different creators are kept apart, and duplicates are allowed', async () => {
    await lever.addWebhook('candidateHired', receiver.url)
    const mine = { url: receiver.url, event: 'candidateHired' }
    const first = (await api.send('POST', '/webhooks', mine)).body.data
    await api.send('POST', '/webhooks/', mine)
    expect((await api.get('/webhooks')).body.data).to.have.length(2)
    const other = callLever(lever, await lever.newApiKey())
    expect((await other.get('/webhooks')).body.data).to.be.empty
    expect((await other.send('DELETE', `/webhooks/${first.id}`)).status).to.equal(404)
    const changed = await api.send('PUT', '/webhooks/', {
      data: [{ id: first.id, url: 'https://app.example.test/new', configuration: {} }],
    })
    expect(changed.body.data[0].url).to.equal('https://app.example.test/new')
    for (const url of ['http://app.example.test/hooks', 'ftp://x', 'nonsense'])
      expect((await api.send('POST', '/webhooks', { url, event: 'candidateHired' })).status).to.equal(400)
    expect((await api.send('POST', '/webhooks', { ...mine, event: 'candidateSang' })).status).to.equal(400)
  })

  it('are still delivered after a restart', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sandbox-'))
    const stateFile = join(folder, 'sandbox.json')
    const first = await startLever({ answers: 'likeliest', stateFile })
    await first.settings({ retryDelaysMs: [100] })
    const webhook = await first.addWebhook('candidateHired', receiver.url)
    receiver.answers.push(500)
    await first.deliver('candidateHired', { opportunityId: 'x' }, webhook.id)
    await received(1)
    await first.stop()

    const second = await startLever({ answers: 'likeliest', stateFile })
    await received(2)

    expect(receiver.bodies[1].token).to.equal(receiver.bodies[0].token)
    await second.stop()
    await rm(folder, { recursive: true })
  })
})

import { randomBytes } from 'node:crypto'
import { expect } from 'chai'
import { QUICK_TIMES } from '../support/quick-times.ts'
import { eventually } from '../support/eventually.ts'
import { exportAndWait, newPerson, startService, type Api, type ServiceForTests } from '../support/service.ts'
import { signedWebhook, webhookPoster } from '../support/webhook-sender.ts'

interface ShownEvent {
  event: string
  configured: boolean
  lastVerifiedAt: string | null
  lastReceivedAt: string | null
  held: number
}

/** A webhook of one event, as somebody sets it up where it comes from. */
interface Sender {
  signatureToken: string
  /** **+ Add webhook** with our address. */
  add(): Promise<void>
  /** **Verify connection**: the status that our endpoint answers. */
  verify(): Promise<number | null>
  /** Tells of a change of the opportunity. */
  tell(): Promise<void>
}

describe('setting up webhooks', function () {
  this.timeout(60_000)
  const poster = webhookPoster()
  let service: ServiceForTests
  let api: Api
  let webhookUrl: string
  let candidateId: string
  let opportunityId: string

  before(async () => {
    service = await startService(QUICK_TIMES)
    await service.lever.settings({ rateLimit: { enabled: false } })
    ;({ api } = await service.connected())
    webhookUrl = (await api.get<{ webhookUrl: string }>('connection')).body.webhookUrl
    candidateId = (await api.post<{ id: string }>('candidates', newPerson())).body.id
    opportunityId = (await exportAndWait(api, { candidateId })).opportunityId ?? ''
  })
  after(async () => {
    poster.stop()
    await service?.stop()
  })

  const shown = async (event: string) => {
    const { webhooks } = (await api.get<{ webhooks: ShownEvent[] }>('connection')).body
    return webhooks.find((one) => one.event === event)
  }
  const paste = (event: string, signatureToken: string) => api.put(`connection/webhooks/${event}`, { signatureToken })

  function theLocalLever(event: string): Sender {
    const signatureToken = randomBytes(24).toString('hex')
    let id = ''
    return {
      signatureToken,
      add: async () => void ({ id } = await service.lever.addWebhook(event, webhookUrl, { signatureToken })),
      verify: async () => (await service.lever.verifyWebhook(id)).attempts[0]?.status ?? null,
      tell: async () => void (await service.lever.deliver(event, { opportunityId }, id)),
    }
  }

  function anotherSender(event: string): Sender {
    const signatureToken = randomBytes(24).toString('hex')
    const send = (data: unknown) => poster.post(webhookUrl, signedWebhook(event, data, signatureToken))
    return { signatureToken, add: async () => undefined, verify: () => send({}), tell: async () => void (await send({ opportunityId })) }
  }

  /** Green: verified, and a change that it tells of comes to the candidate. */
  async function expectGreen(event: string, sender: Sender): Promise<void> {
    expect(await shown(event)).to.include({ configured: true, held: 0 })
    expect((await shown(event))?.lastVerifiedAt, 'verified').to.be.a('string')
    const stages = ['lead-responded', 'lead-reached-out']
    const lever = async () => (await api.get<{ lever: { stage: { id: string } } }>(`candidates/${candidateId}`)).body.lever
    const before = (await lever()).stage.id
    await service.lever.moveStage(opportunityId, stages.find((stage) => stage !== before) ?? '')
    await sender.tell()
    await eventually('the change is here', async () => (await lever()).stage.id !== before, 20_000)
    expect((await shown(event))?.lastReceivedAt, 'received').to.be.a('string')
  }

  for (const [name, senderOf, events] of [
    ['the local Lever', theLocalLever, ['applicationCreated', 'candidateArchiveChange']],
    ['another sender', anotherSender, ['candidateHired', 'interviewCreated']],
  ] as const) {
    it(`succeeds if the token is pasted before the webhook is added, by ${name}`, async () => {
      const [event] = events
      const sender = senderOf(event)
      expect((await paste(event, sender.signatureToken)).status).to.equal(200)
      await sender.add()

      expect(await sender.verify()).to.equal(200)

      await expectGreen(event, sender)
    })

    it(`succeeds if the webhook is added and verified before its token is pasted, by ${name}`, async () => {
      const [, event] = events
      const sender = senderOf(event)
      await sender.add()
      expect(await sender.verify()).to.equal(200)
      expect(await shown(event)).to.include({ configured: false, held: 1, lastVerifiedAt: null })

      expect((await paste(event, sender.signatureToken)).status).to.equal(200)

      await expectGreen(event, sender)
    })
  }
})

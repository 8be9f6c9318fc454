import { expect } from 'chai'
import { WITH_CONVERSATIONS } from '../../../conversations/conversation-world.ts'
import { eventually } from '../../../support/eventually.ts'
import { exportAndWait, newPerson, SOURCER, startService, type Api, type ServiceForTests } from '../../../support/service.ts'
import { visit } from '../visitor.ts'

describe('conversations on the candidate page', () => {
  let service: ServiceForTests
  let api: Api

  before(async function () {
    this.timeout(60_000)
    service = await startService({ LEVER_TIMEOUT_MS: '5000', SETTLE_MS: '6000' })
    api = (await service.connected(WITH_CONVERSATIONS)).api
  })
  after(() => service.stop())

  async function say(candidateId: string, fields: Record<string, unknown>): Promise<void> {
    const message = { candidateId, direction: 'outbound', author: SOURCER, sentAt: new Date().toISOString(), ...fields }
    expect((await api.post('conversations/page-talk/messages', message)).status).to.equal(202)
  }

  it('show the messages and when they become a note, write it at once on request, and link to it', async () => {
    const { body } = await api.post<{ id: string }>('candidates', newPerson())
    const { opportunityId, url } = await exportAndWait(api, { candidateId: body.id })
    await api.patch('connection/settings', { noteTimeZone: 'Europe/Madrid' })
    const bo = await visit(service.url, api, SOURCER)
    const page = async () => (await bo.open(`/candidates/${body.id}`)).html
    expect(await page()).to.not.include('Conversations')

    await say(body.id, { id: 'one', body: 'Are you <there>?\nReally?' })
    const [, conversation = ''] = /action="\/candidates\/[0-9a-f]+\/conversations\/([0-9a-f]+)\/note"/.exec(await page()) ?? []
    expect(await page())
      .to.include('Are you &lt;there>?\nReally?')
      .and.match(/Bo Lindqvist · sent/)
      .and.match(/Becomes a note at \d\d:\d\d(, [^(]+)? \(Europe\/Madrid\)\./)
      .and.include('Write note now')
    const { api: others } = await service.organization()
    await others.patch('connection/settings', { features: WITH_CONVERSATIONS })
    const stranger = await visit(service.url, others, SOURCER)
    const refused = await stranger.send(`/candidates/${body.id}/conversations/${conversation}/note`)
    expect(refused.html).to.include('There is no such conversation').and.not.include('Fulcrum is about to write the note.')
    expect(await page()).to.include('Becomes a note at')
    const asked = await bo.send(`/candidates/${body.id}/conversations/${conversation}/note`)
    expect(asked.html).to.include('Fulcrum is about to write the note.')

    await eventually('the note stands in Lever', async () => (await page()).includes('All messages are in Lever.'))
    expect(await service.lever.notesOf(opportunityId ?? '')).to.have.lengthOf(1)
    expect(await page())
      .to.include(`href="${url}"`)
      .and.include('Note with 1 message')
      .and.not.include('Write note now')
    const again = await bo.send(`/candidates/${body.id}/conversations/${conversation}/note`)
    expect(again.html).to.include('All messages of this conversation are already in notes')
    expect((await bo.send(`/candidates/${body.id}/conversations/${'0'.repeat(24)}/note`)).html).to.include('There is no such conversation')
  })
})

import { expect } from 'chai'
import { LEVER_ADMIN } from '../../support/lever.ts'
import { SOURCE, SOURCER, startService, type Api, type ServiceForTests } from '../../support/service.ts'
import { fieldsOf, visit, type Visitor } from './visitor.ts'

const HERE = '/settings/ats/settings'

interface Settings {
  sourceName: string
  defaultStageId: string | null
  performAsFallback: string | null
  exportUnsuccessful: boolean
  webhookSet: string
  eraseWhenDeletedInLever: boolean
  noteMode: string
  noteSecret: boolean
  noteLanguage: string
  noteTimeZone: string
}

describe('the settings of a connection', function () {
  this.timeout(40_000)
  let service: ServiceForTests
  let api: Api
  let ana: Visitor

  before(async () => {
    // Lever is not what is slow here, when much runs at once
    service = await startService({ LEVER_TIMEOUT_MS: '5000', SETTLE_MS: '6000' })
  })
  beforeEach(async () => {
    api = (await service.connected()).api
    ana = await visit(service.url, api, LEVER_ADMIN)
  })
  after(() => service.stop())

  const now = async () => (await api.get<{ settings: Settings }>('connection')).body.settings
  /** The form as it stands on the page, in which `changes` are made; an undefined one is switched off. */
  async function form(changes: Record<string, string | undefined>): Promise<Record<string, string>> {
    const { html } = await ana.open(HERE)
    const { defaultStageId, webhookSet, noteMode, noteLanguage } = await now()
    const stands = { ...fieldsOf(html), defaultStageId: defaultStageId ?? '', webhookSet, noteMode, noteLanguage }
    return Object.fromEntries(
      Object.entries({ ...stands, ...changes }).filter((field): field is [string, string] => field[1] !== undefined),
    )
  }

  it('are all on one page, in words, and are saved together', async () => {
    const { data } = (await api.get<{ data: { id: string; text: string }[] }>('lever/stages')).body
    const stage = data.at(-1)
    const page = await ana.open(HERE)
    for (const words of [
      'Source name',
      'Stage of new opportunities',
      'Lever user for what nobody asked for',
      'Interview results only',
      'Erase a person here',
      `>${stage?.text}<`,
    ])
      expect(page.html).to.contain(words)
    expect((await ana.open('/settings/ats')).html).to.contain(`href="${HERE}"`)

    const saved = await ana.send(
      HERE,
      await form({
        sourceName: ' Finder & Co ',
        defaultStageId: stage?.id,
        performAsFallback: SOURCER,
        webhookSet: 'communication',
        exportUnsuccessful: 'on',
        eraseWhenDeletedInLever: 'on',
        noteMode: 'perConversation',
        noteSecret: 'on',
        noteLanguage: 'es',
        noteTimeZone: 'Europe/Madrid',
      }),
    )

    expect([saved.status, saved.path]).to.deep.equal([200, HERE])
    expect(saved.html).to.contain('The settings are saved. Look at the webhooks now').and.contain('value="Finder &amp; Co"')
    expect(await now()).to.deep.equal({
      sourceName: 'Finder & Co',
      defaultStageId: stage?.id,
      performAsFallback: SOURCER,
      exportUnsuccessful: true,
      webhookSet: 'communication',
      eraseWhenDeletedInLever: true,
      noteMode: 'perConversation',
      noteSecret: true,
      noteLanguage: 'es',
      noteTimeZone: 'Europe/Madrid',
    })
    const back = await ana.send(
      HERE,
      await form({ defaultStageId: '', performAsFallback: '', exportUnsuccessful: undefined, eraseWhenDeletedInLever: undefined }),
    )
    expect(back.html).to.contain('The settings are saved.').and.not.contain('Look at the webhooks now')
    expect(await now()).to.include({
      defaultStageId: null,
      performAsFallback: null,
      exportUnsuccessful: false,
      eraseWhenDeletedInLever: false,
    })
  })

  it('say which is wrong, keep what was typed, and save nothing then', async () => {
    const page = await ana.send(HERE, await form({ sourceName: 'Finder', performAsFallback: 'nobody@acme.example' }))
    const empty = await ana.send(HERE, await form({ sourceName: ' ' }))
    const nowhere = await ana.send(HERE, await form({ noteTimeZone: 'Mars/Olympus' }))

    expect([page.status, empty.status, nowhere.status]).to.deep.equal([422, 422, 422])
    expect(nowhere.html).to.contain('This is not a time zone')
    expect(page.html).to.contain('Lever has no active user').and.contain('value="nobody@acme.example"').and.contain('value="Finder"')
    expect(empty.html).to.contain('Write a name, in one line')
    expect(await now()).to.include({ sourceName: SOURCE, performAsFallback: null })
  })

  it('leave alone what somebody else has changed meanwhile, and say so before they replace it', async () => {
    const stale = await form({ sourceName: 'Mine' })
    const beside = await form({ exportUnsuccessful: 'on' })
    await api.patch('connection/settings', { sourceName: 'Theirs' })

    const refused = await ana.send(HERE, stale)
    expect(refused.status).to.equal(422)
    expect(refused.html).to.contain('Somebody else has changed the same setting').and.contain('value="Mine"')
    expect(await now()).to.include({ sourceName: 'Theirs' })

    await ana.send(HERE, beside)
    expect(await now()).to.include({ sourceName: 'Theirs', exportUnsuccessful: true })
    expect((await ana.send(HERE, await form({}))).html).to.contain('There was nothing to save')
  })

  it('are for admins alone', async () => {
    const bo = await visit(service.url, api, SOURCER)

    expect((await bo.open(HERE)).status).to.equal(403)
    expect((await bo.send(HERE, await form({ sourceName: 'Bo' }))).status).to.equal(403)
    expect(await now()).to.include({ sourceName: SOURCE })
  })
})

import { expect } from 'chai'
import { LEVER_ADMIN } from '../../../support/lever.ts'
import { SOURCE, SOURCER, startService, type Api, type ServiceForTests } from '../../../support/service.ts'
import { fieldsOf, visit, type Fields, type Visitor } from '../visitor.ts'

const HERE = '/settings/ats/settings'

interface Settings {
  sourceName: string
  defaultStageId: string | null
  performAsFallback: string | null
  exportUnsuccessful: boolean
  features: string[]
  eraseWhenDeletedInLever: boolean
  noteMode: string
  noteSecret: boolean
  noteLanguage: string
  noteTimeZone: string
}

describe('connection settings', function () {
  this.timeout(40_000)
  let service: ServiceForTests
  let api: Api
  let ana: Visitor

  before(async () => {
    // generous, because calls to Lever may be slow when many tests run at once
    service = await startService({ LEVER_TIMEOUT_MS: '5000', SETTLE_MS: '6000' })
  })
  beforeEach(async () => {
    api = (await service.connected()).api
    ana = await visit(service.url, api, LEVER_ADMIN)
  })
  after(() => service.stop())

  const now = async () => (await api.get<{ settings: Settings }>('connection')).body.settings
  /** The form of the page with `changes`; an undefined value switches a field off. */
  async function form(changes: Record<string, Fields[string] | undefined>): Promise<Fields> {
    const { html } = await ana.open(HERE)
    const { defaultStageId, features, noteMode, noteLanguage } = await now()
    const stands = { ...fieldsOf(html), defaultStageId: defaultStageId ?? '', features, noteMode, noteLanguage }
    return Object.fromEntries(
      Object.entries({ ...stands, ...changes }).filter((field): field is [string, Fields[string]] => field[1] !== undefined),
    )
  }

  it('are all on one page, in plain words, and are saved together', async () => {
    const { data } = (await api.get<{ data: { id: string; text: string }[] }>('lever/stages')).body
    const stage = data.at(-1)
    const page = await ana.open(HERE)
    for (const words of [
      'Source name',
      'Stage of new opportunities',
      'Fallback Lever user',
      'What Fulcrum is used for',
      'Adds messages from a texting tool',
      'Erase a person here',
      `>${stage?.text}<`,
    ])
      expect(page.html).to.contain(words)
    for (const unbuilt of ['failed interviews', 'value="interviews"', 'value="results"', 'value="requisitions"', 'value="hires"'])
      expect(page.html).to.not.contain(unbuilt)
    expect((await ana.open('/settings/ats')).html).to.contain(`href="${HERE}"`)

    const saved = await ana.send(
      HERE,
      await form({
        sourceName: ' Finder & Co ',
        defaultStageId: stage?.id,
        performAsFallback: SOURCER,
        features: ['export', 'conversations'],
        eraseWhenDeletedInLever: 'on',
        noteMode: 'perConversation',
        noteSecret: 'on',
        noteLanguage: 'es',
        noteTimeZone: 'Europe/Madrid',
      }),
    )

    expect([saved.status, saved.path]).to.deep.equal([200, HERE])
    expect(saved.html)
      .to.contain('Settings saved. Lever has not granted everything that these features need: authorize again.')
      .and.contain('value="Finder &amp; Co"')
    expect(await now()).to.deep.equal({
      sourceName: 'Finder & Co',
      defaultStageId: stage?.id,
      performAsFallback: SOURCER,
      exportUnsuccessful: false,
      features: ['export', 'conversations'],
      eraseWhenDeletedInLever: true,
      noteMode: 'perConversation',
      noteSecret: true,
      noteLanguage: 'es',
      noteTimeZone: 'Europe/Madrid',
    })
    const back = await ana.send(HERE, await form({ defaultStageId: '', performAsFallback: '', eraseWhenDeletedInLever: undefined }))
    expect(back.html).to.contain('Settings saved.').and.not.contain('authorize again.')
    expect(await now()).to.include({
      defaultStageId: null,
      performAsFallback: null,
      eraseWhenDeletedInLever: false,
    })
  })

  it('say that turning a feature off needs no new authorization, and that at least one feature is required', async () => {
    const none = await ana.send(HERE, await form({ features: [] }))
    expect(none.status).to.equal(422)
    expect(none.html).to.contain('Choose at least one feature.')

    await ana.send(HERE, await form({ features: ['export', 'conversations'] }))
    const fewer = await ana.send(HERE, await form({ features: 'export' }))
    expect(fewer.html).to.contain('Settings saved. No new authorization is needed.')
    expect(await now()).to.deep.include({ features: ['export'] })
  })

  it('name the wrong field, keep the input, and save nothing', async () => {
    const page = await ana.send(HERE, await form({ sourceName: 'Finder', performAsFallback: 'nobody@acme.example' }))
    const empty = await ana.send(HERE, await form({ sourceName: ' ' }))
    const nowhere = await ana.send(HERE, await form({ noteTimeZone: 'Mars/Olympus' }))

    expect([page.status, empty.status, nowhere.status]).to.deep.equal([422, 422, 422])
    expect(nowhere.html).to.contain('This is not a time zone')
    expect(page.html).to.contain('Lever has no active user').and.contain('value="nobody@acme.example"').and.contain('value="Finder"')
    expect(empty.html).to.contain('Enter a name of at most 100 characters, on one line.')
    expect(await now()).to.include({ sourceName: SOURCE, performAsFallback: null })
  })

  it('leave alone what somebody else has just changed, and say so before replacing it', async () => {
    const stale = await form({ sourceName: 'Mine' })
    const beside = await form({ eraseWhenDeletedInLever: 'on' })
    await api.patch('connection/settings', { sourceName: 'Theirs' })

    const refused = await ana.send(HERE, stale)
    expect(refused.status).to.equal(422)
    expect(refused.html).to.contain('Someone else changed the same setting').and.contain('value="Mine"')
    expect(await now()).to.include({ sourceName: 'Theirs' })

    await ana.send(HERE, beside)
    expect(await now()).to.include({ sourceName: 'Theirs', eraseWhenDeletedInLever: true })
    expect((await ana.send(HERE, await form({}))).html).to.contain('There were no changes to save')
  })

  it('are available to admins only', async () => {
    const bo = await visit(service.url, api, SOURCER)

    expect((await bo.open(HERE)).status).to.equal(403)
    expect((await bo.send(HERE, await form({ sourceName: 'Bo' }))).status).to.equal(403)
    expect(await now()).to.include({ sourceName: SOURCE })
  })
})

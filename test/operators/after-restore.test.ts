import { expect } from 'chai'
import { MongoClient, type Db } from 'mongodb'
import { compose, type Service } from '../../src/compose/compose.ts'
import { readConfig } from '../../src/config.ts'
import { createLog } from '../../src/log.ts'
import { freePort } from '../../scripts/free-port.ts'
import { QUICK_TIMES } from '../support/quick-times.ts'
import { eventually } from '../support/eventually.ts'
import { LEVER_ADMIN, startLever, type LeverForTests } from '../support/lever.ts'
import { apiAt, authorize, environmentFor, newPerson, OPERATOR_KEY, SOURCE, SOURCER, waitForEnd, type Api, type ExportAnswer } from '../support/service.ts' // prettier-ignore
import { runScript } from '../support/run-script.ts'

const CREATE = { method: 'POST', path: '^/opportunities$' }
/** The look-ups of exports: nothing that comes in the background reads the applications as well. */
const LIST = { method: 'GET', path: '^/opportunities$', query: 'expand=' }
const NOTE = { method: 'POST', path: '/notes$' }

interface Talk {
  status: string
  waitingFor: string | null
  messages: number
  notes: { noteId: string | null; messages: number }[]
}

describe('npm run after-restore', function () {
  this.timeout(120_000)
  let lever: LeverForTests
  let env: Record<string, string>
  let api: Api
  let client: MongoClient
  let serving: Service | undefined
  let cookie: string
  let link: string
  /** Ids of the exports that were open when the backup was made. */
  let asked: { byEmail: string; byLink: string; withNote: string; neverSent: string }
  const people = {
    byEmail: newPerson(),
    byLink: newPerson({ emails: [], links: ['https://in.example/restored'] }),
    withNote: newPerson(),
    neverSent: newPerson(),
  }

  const start = async (): Promise<void> => {
    const config = readConfig(env)
    serving = compose({ ...config, mongodbUri: env['MONGODB_URI'] ?? '' }, createLog({ level: 'silent' }))
    await serving.start()
    await serving.whenReady
  }
  const stop = async (): Promise<void> => serving?.stop()
  const read = async (id: string): Promise<ExportAnswer> => (await api.get<ExportAnswer>(`exports/${id}`)).body
  const ask = async (candidate: Record<string, unknown>, note?: string): Promise<string> =>
    (await api.post<ExportAnswer>('exports', { candidate, requestedBy: SOURCER, ...(note ? { note } : {}) })).body.id
  const say = async (talk: string, about: object, body: string): Promise<unknown> =>
    api.post(`conversations/${talk}/messages`, { id: body, direction: 'outbound', author: SOURCER, sentAt: '2026-03-02T10:00:00Z', body, ...about }) // prettier-ignore
  const talkOf = async (talk: string): Promise<Talk> => (await api.get<Talk>(`conversations/${talk}`)).body
  const inLever = async (name: unknown) => (await lever.allOpportunities()).filter((one) => one.name === name)
  const dump = async (): Promise<[string, object[]][]> =>
    Promise.all((await client.db().collections()).map(async (one) => [one.collectionName, await one.find().toArray()]))
  const restoreFrom = async (backup: [string, object[]][]): Promise<void> => {
    const db: Db = client.db()
    for (const collection of await db.collections()) await collection.deleteMany({})
    for (const [name, documents] of backup) if (documents.length > 0) await db.collection(name).insertMany(documents)
  }

  before(async () => {
    lever = await startLever()
    env = await environmentFor(lever, { PORT: String(await freePort()), NOTE_DELAY_MS: '300', ...QUICK_TIMES })
    await lever.settings({ rateLimit: { enabled: false } })
    await lever.allowRedirect(`${env['PUBLIC_URL']}/oauth/lever/callback`)
    client = await MongoClient.connect(env['MONGODB_URI'] ?? '')
    await start()
    const url = env['PUBLIC_URL'] ?? ''
    const made = await apiAt(url, OPERATOR_KEY).post<{ apiKey: string }>('organizations', { name: 'Acme', sourceName: SOURCE })
    api = apiAt(url, made.body.apiKey)
    await api.put(`users/${LEVER_ADMIN}`, { name: 'Ana', role: 'admin' })
    await api.put(`users/${SOURCER}`, { name: 'Bo', role: 'sourcer' })
    await api.patch('connection/settings', { features: ['export', 'conversations'] })
    await authorize(api, lever)
    await api.put(`user-mappings/${SOURCER}`, { leverEmail: SOURCER })
    await api.post('connection/activate')
    const used = (await api.post<{ url: string }>('sign-in-links', { userEmail: LEVER_ADMIN })).body.url
    cookie = (await fetch(used, { redirect: 'manual' })).headers.getSetCookie().map((one) => one.split(';')[0]).join('; ') // prettier-ignore
    link = (await api.post<{ url: string }>('sign-in-links', { userEmail: LEVER_ADMIN, validForSeconds: 3600 })).body.url
  })
  after(async () => {
    await stop()
    await client.db().dropDatabase()
    await client.close()
    await lever.stop()
  })

  it('looks for everything that was open before it is sent, and adopts what was created after the backup', async () => {
    await lever.fault({ kind: 'status', status: 429, match: NOTE, times: 1000 })
    const withNote = await ask(people.withNote, 'Written after the backup.')
    await waitForEnd(api, withNote)
    await lever.fault({ kind: 'status', status: 503, match: LIST, times: 1000 })
    await lever.fault({ kind: 'status', status: 429, match: CREATE, times: 1000 })
    asked = { withNote, byEmail: await ask(people.byEmail), byLink: await ask(people.byLink), neverSent: await ask(people.neverSent) }
    await eventually('one was tried', async () => (await read(asked.byLink)).attempts.length > 0, 30_000)
    const { id: opportunityId } = await lever.addOpportunity({ name: 'Iris Quiet' })
    await say('talk', { opportunityId }, 'Said before the backup.')
    await eventually('its note was tried', async () => (await talkOf('talk')).waitingFor === 'budget', 30_000)
    await stop()
    const backup = await dump()

    await start()
    await api.post(`exports/${asked.neverSent}/cancel`)
    await say('talk', { opportunityId }, 'Said after it.')
    await lever.clearFaults()
    await eventually('all was noted', async () => (await talkOf('talk')).status === 'noted', 40_000)
    const notes = await lever.notesOf(opportunityId)
    await eventually('what was open is done after the backup', async () => {
      const [email, byLink, note] = await Promise.all([asked.byEmail, asked.byLink, asked.withNote].map(read))
      return email?.status === 'exported' && byLink?.status === 'exported' && note?.note?.status === 'written'
    }, 40_000) // prettier-ignore
    await stop()
    await restoreFrom(backup)
    const { code, stdout } = await runScript('after-restore', env)
    await start()

    expect([code, stdout.includes('looked for in Lever before anything is sent: 3')]).to.deep.equal([0, true])
    expect(stdout).to.include('Conversations whose note may be in Lever, looked for first: 1')
    for (const name of ['byEmail', 'byLink', 'neverSent'] as const) {
      const done = await waitForEnd(api, asked[name], 40_000)
      const there = await inLever(people[name]['name'])
      expect([name, done.status, done.opportunityId]).to.deep.equal([name, 'exported', there[0]?.id])
      expect([name, there.length]).to.deep.equal([name, 1])
    }
    const noted = await eventually('the note is found', async () => ((await read(asked.withNote)).note?.status === 'written' ? read(asked.withNote) : null), 40_000) // prettier-ignore
    expect(await lever.notesOf(noted.opportunityId ?? '')).to.have.length(1)
    const talk = await eventually('the conversation’s note is found', async () => {
      const now = await talkOf('talk')
      return now.status === 'noted' ? now : null
    }, 40_000) // prettier-ignore
    expect(talk).to.deep.include({ messages: 1, notes: [{ ...talk.notes[0], noteId: notes[0]?.id, messages: 1 }] })
    expect(await lever.notesOf(opportunityId)).to.have.length(notes.length)
  })

  it('looks for notes that were written after the backup: of an export that was open in it, and of one whose note a person retries', async () => {
    await lever.fault({ kind: 'status', status: 403, match: NOTE, times: 1 })
    const refused = await ask(newPerson(), 'Refused before the backup.')
    await eventually('the note is refused', async () => (await read(refused)).note?.status === 'failed')
    await lever.fault({ kind: 'status', status: 429, match: CREATE, times: 1000 })
    const open = await ask(newPerson(), 'Of the open one.')
    await eventually('it is tried', async () => (await read(open)).attempts.length > 0)
    await stop()
    const backup = await dump()
    await start()
    await lever.clearFaults()
    await api.post(`exports/${refused}/retry`, {})
    const isWritten = async (id: string) => (await read(id)).note?.status === 'written'
    await eventually('both notes are written', async () => (await isWritten(refused)) && (await isWritten(open)))
    await stop()

    await restoreFrom(backup)
    expect((await runScript('after-restore', env)).code).to.equal(0)
    await start()
    await eventually('the note of the open one is found', () => isWritten(open))
    await api.post(`exports/${refused}/retry`, {})
    await eventually('the refused note is found', () => isWritten(refused))

    for (const id of [open, refused]) expect(await lever.notesOf((await read(id)).opportunityId ?? '')).to.have.length(1)
  })

  it('ends sessions and sign-in links, and leaves a record in each organization', async () => {
    const page = await fetch(`${env['PUBLIC_URL']}/candidates`, { headers: { cookie }, redirect: 'manual' })
    const opened = await fetch(link, { redirect: 'manual' })
    const { data } = (await api.get<{ data: { action: string }[] }>('audit-events?limit=100')).body

    expect(page.headers.get('location')).to.contain('/sign-in')
    expect(opened.status).to.equal(400)
    expect(data.map(({ action }) => action)).to.include('organization.restored')
    expect((await api.get<{ valid: boolean }>('audit-events/verify')).body.valid).to.equal(true)
  })

  it('says that tokens renewed after the backup are lost', async () => {
    await stop()
    const backup = await dump()
    await lever.expireTokens()
    await start()
    await waitForEnd(api, await ask(newPerson()), 40_000)
    await stop()
    await restoreFrom(backup)
    await runScript('after-restore', env)
    await start()

    const id = await ask(newPerson())
    const revoked = await eventually('it is noticed', async () => {
      const { body } = await api.get<{ status: string; revokedBecause: string | null }>('connection')
      return body.status === 'revoked' ? body : null
    }, 40_000) // prettier-ignore
    expect(revoked.revokedBecause).to.equal('refresh_lost')
    await authorize(api, lever)
    expect((await waitForEnd(api, id)).status).to.equal('exported')
  })

  it('requires a reachable database, and says so', async () => {
    const { code, stderr } = await runScript('after-restore', { ...env, MONGODB_URI: `mongodb://127.0.0.1:${await freePort()}/x` })

    expect([code, stderr.includes('MongoDB cannot be used')]).to.deep.equal([1, true])
  })
})

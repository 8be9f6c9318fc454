import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { UnreadableStateError } from '../../src/sandbox/account/state-file.ts'
import { startSandbox } from '../../src/sandbox/sandbox.ts'
import { sampleAccount } from '../../src/sandbox/seed/sample-account.ts'
import { eventually } from '../support/eventually.ts'
import { startLever, type LeverForTests } from '../support/lever.ts'
import { addOpportunity, callLever } from './call-lever.ts'

describe('account of the local Lever', () => {
  let folder: string
  let stateFile: string

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sandbox-'))
    stateFile = join(folder, 'data', 'sandbox.json')
  })
  afterEach(async () => rm(folder, { recursive: true }))

  it('is the same sample every time', () => {
    expect(sampleAccount()).to.deep.equal(sampleAccount())
  })

  it('is another account, with other ids, for another seed', () => {
    const [one, other] = [sampleAccount(), sampleAccount({ seed: 'other' })]
    expect(other.users.map(({ email }) => email)).to.deep.equal(one.users.map(({ email }) => email))
    expect(other.accountId).not.to.equal(one.accountId)
    const known = new Set(one.users.map(({ id }) => id))
    expect(other.users.some(({ id }) => known.has(id))).to.equal(false)
  })

  it('begins with the given account, and is the sample again after a reset', async () => {
    const { opportunities, ...others } = sampleAccount()
    const sandbox = await startSandbox({ port: 0, account: { ...others, opportunities: opportunities.slice(0, 7) } })
    const count = async (): Promise<number> =>
      ((await (await fetch(`${sandbox.url}/control/state`)).json()) as { opportunities: number }).opportunities

    const before = await count()
    await fetch(`${sandbox.url}/control/reset`, { method: 'POST' })
    const after = await count()
    await sandbox.stop()

    expect([before, after]).to.deep.equal([7, 300])
  })

  it('has the people, jobs, and candidates that the demonstration needs', () => {
    const { users, postings, requisitions, opportunities, contacts, archiveReasons } = sampleAccount()
    expect([users.length, postings.length, requisitions.length, opportunities.length]).to.deep.equal([8, 12, 6, 300])
    expect(users.filter(({ accessRole }) => accessRole === 'super admin')).to.have.length(2)
    expect(users.filter(({ deactivatedAt }) => deactivatedAt !== null)).to.have.length(1)
    expect(users[0]).to.include({ name: 'Ana Duarte', email: 'ana@acme.example', accessRole: 'super admin' })
    expect(new Set(postings.map(({ state }) => state)).size).to.equal(6)
    expect(new Set(requisitions.map(({ status }) => status)).size).to.be.at.least(4)
    const perContact = opportunities
      .reduce((counts, { contact }) => counts.set(contact, (counts.get(contact) ?? 0) + 1), new Map<string, number>())
      .values()
    expect(Math.max(...perContact)).to.be.at.least(2)
    const hired = archiveReasons.find(({ type }) => type === 'hired')?.id
    for (const [what, found] of Object.entries({
      archived: opportunities.some(({ archived }) => archived !== null && archived.reason !== hired),
      hired: opportunities.some(({ archived }) => archived?.reason === hired),
      confidential: opportunities.some(({ confidentiality }) => confidentiality === 'confidential'),
      old: opportunities.some(({ updatedAt }) => updatedAt === null),
      'without email': contacts.some(({ emails }) => emails.length === 0),
      arabic: contacts.some(({ name }) => /\p{Script=Arabic}/u.test(name)),
      chinese: contacts.some(({ name }) => /\p{Script=Han}/u.test(name)),
    })) {
      expect(found, what).to.equal(true)
    }
    const grace = contacts.find(({ emails }) => emails.includes('grace.hopper@navy.example'))
    const candidacy = opportunities.find(({ contact }) => contact === grace?.id)
    expect(candidacy).to.deep.include({ archived: null, owner: users[1]?.id })
    expect(users[1]?.username).to.equal('bo')
    const ids = [users, postings, requisitions, contacts, opportunities].flat().map(({ id }) => id)
    expect(new Set(ids).size).to.equal(ids.length)
  })

  it('has as many empty fields as a recorded account', () => {
    const { contacts, opportunities, postings, requisitions } = sampleAccount()
    const share = <T>(records: T[], lacks: (record: T) => boolean): number => records.filter(lacks).length / records.length
    expect(share(contacts, ({ emails }) => emails.length === 0)).to.be.within(0.92, 0.97)
    expect(share(opportunities, ({ updatedAt }) => updatedAt === null)).to.be.within(0.94, 0.98)
    expect(share(opportunities, ({ sourcedBy }) => sourcedBy === null)).to.be.within(0.9, 0.95)
    expect(postings.filter(({ user }) => user === null)).not.to.be.empty
    expect(requisitions.filter(({ creator }) => creator === null)).not.to.be.empty
  })

  it('survives a restart: candidates, notes, keys, grants, webhooks, switches', async () => {
    const first = await startLever({ stateFile, redirectUris: [CALLBACK] })
    const api = callLever(first)
    const { data } = await addOpportunity(api, { name: 'Kept', emails: ['kept@example.test'] })
    await api.send('POST', `/opportunities/${data.id}/notes`, { value: 'Kept too' })
    await first.addWebhook('candidateHired', 'https://app.example.test/hooks')
    await first.settings({ eventGroups: { candidateHired: false } })
    const key = await first.newApiKey({ permissions: ['List all users'] })
    const { refresh_token: refreshToken } = await authorize(first)
    await first.stop()

    const second = await startLever({ stateFile })

    const again = callLever(second)
    expect((await again.get('/opportunities?email=kept@example.test')).body.data[0].id).to.equal(data.id)
    expect((await again.get(`/opportunities/${data.id}/notes`)).body.data).to.have.length(1)
    expect((await callLever(second, key).get('/users')).status).to.equal(200)
    expect(await second.webhooks()).to.have.length(1)
    const app = { client_id: second.clientId, client_secret: second.clientSecret }
    expect(await token(second, { ...app, grant_type: 'refresh_token', refresh_token: refreshToken })).to.have.property('access_token')
    expect(((await (await fetch(`${second.url}/control/settings`)).json()) as { eventGroups: unknown }).eventGroups).to.deep.equal({
      candidateHired: false,
    })
    await second.stop()
    expect((await stat(stateFile)).mode & 0o077, 'it holds secrets: for its owner alone').to.equal(0)
    expect(await readdir(join(folder, 'data')), 'nothing half-written stays').to.deep.equal(['sandbox.json'])
  })

  it('is saved soon after a change, without a stop', async () => {
    const lever = await startLever({ stateFile })
    await addOpportunity(callLever(lever), { name: 'Soon There' })

    await eventually('the change in the file', async () => (await readFile(stateFile, 'utf8').catch(() => '')).includes('Soon There'))
    await lever.stop()
  })

  it('starts from a file of an older version, which lacks later additions', async () => {
    const account = sampleAccount() as unknown as Record<string, unknown[]>
    for (const later of LATER) delete account[later]
    const bare = (records: unknown[] | undefined, ...fields: string[]): unknown[] =>
      (records ?? []).map((record) => Object.fromEntries(Object.entries(record as object).filter(([key]) => !fields.includes(key))))
    account['postings'] = bare(account['postings'], 'customQuestions')
    account['requisitions'] = bare(account['requisitions'], 'stateHistory')
    const file = join(folder, 'sandbox.json')
    await writeFile(file, JSON.stringify({ version: 1, account }))

    const lever = await startLever({ stateFile: file })

    const api = callLever(lever)
    expect((await api.get('/feedback_templates')).body.data).to.be.empty
    const [{ id, ...requisition }] = (await api.get('/requisitions')).body.data
    expect((await api.send('PUT', `/requisitions/${id}`, { ...requisition, customFields: {}, owner: null })).status).to.equal(200)
    await lever.stop()
  })

  it('does not start from a file of another program', async () => {
    const file = join(folder, 'sandbox.json')
    for (const content of ['{', '{"version":2}', '']) {
      await writeFile(file, content)
      const error = await startSandbox({ port: 0, stateFile: file }).then(
        () => null,
        (reason: unknown) => reason,
      )
      expect(error).to.be.instanceOf(UnreadableStateError)
      expect((error as Error).message).to.contain(file)
      expect(await readFile(file, 'utf8'), 'and the file is left as it was').to.equal(content)
    }
  })

  it('says that a port is in use', async () => {
    const lever = await startLever()
    const port = Number(new URL(lever.url).port)
    const error = await startSandbox({ port }).then(
      () => null,
      (reason: unknown) => reason,
    )
    expect(error).to.include({ code: 'EADDRINUSE' })
    await lever.stop()
  })
})

/** Fields that the first state files lacked. */
const LATER = [
  'requisitionMode',
  'requisitionFields',
  'offers',
  'feedbackTemplates',
  'feedback',
  'formTemplates',
  'forms',
  'referrals',
  'deletedApplications',
  'deletedPostings',
  'fileActions',
  'uploads',
  'auditEvents',
]
const CALLBACK = 'http://127.0.0.1:9/cb'

async function authorize(lever: LeverForTests): Promise<{ refresh_token: string }> {
  const query = {
    client_id: lever.clientId,
    redirect_uri: CALLBACK,
    response_type: 'code',
    scope: 'offline_access',
    audience: lever.audience,
  }
  const code = new URL(await lever.consent(`${lever.authUrl}/authorize?${new URLSearchParams(query)}`)).searchParams.get('code') ?? ''
  const app = { client_id: lever.clientId, client_secret: lever.clientSecret }
  return token(lever, { ...app, grant_type: 'authorization_code', code, redirect_uri: CALLBACK })
}

async function token(lever: LeverForTests, fields: Record<string, string>): Promise<{ refresh_token: string }> {
  const response = await fetch(`${lever.authUrl}/oauth/token`, { method: 'POST', body: new URLSearchParams(fields) })
  return (await response.json()) as { refresh_token: string }
}

import { expect } from 'chai'
import { got } from 'got'
import { AuditEventModel } from '../../../../src/audit/audit-event-model.ts'
import { ConnectionModel } from '../../../../src/connection/connection-model.ts'
import { WEBHOOK_EVENTS } from '../../../../src/connection/webhook-events.ts'
import { eventually } from '../../../support/eventually.ts'
import { LEVER_ADMIN } from '../../../support/lever.ts'
import { SOURCER, startService, type Api, type ServiceForTests } from '../../../support/service.ts'
import { signedWebhook } from '../../../support/webhook-sender.ts'
import { fieldsOf, rowOf, visit, type Visitor } from '../visitor.ts'

const WEBHOOKS = '/settings/ats/webhooks'
const USERS = '/settings/ats/users'

interface Mapping {
  userEmail: string
  leverEmail: string
  active: boolean
}

describe('setup steps', function () {
  this.timeout(60_000)
  let service: ServiceForTests

  before(async () => {
    // generous, because calls to Lever may be slow when many tests run at once
    service = await startService({ LEVER_TIMEOUT_MS: '5000', SETTLE_MS: '6000' })
  })
  after(() => service.stop())

  async function fresh(language?: string): Promise<{ id: string; api: Api; ana: Visitor }> {
    const { id, api } = await service.organization()
    return { id, api, ana: await visit(service.url, api, LEVER_ADMIN, language) }
  }
  /** A connected organization whose Lever users have been read. */
  async function connected(language?: string): Promise<{ id: string; api: Api; ana: Visitor }> {
    const made = await fresh(language)
    await made.ana.send('/settings/ats', { apiKey: await service.lever.newApiKey() })
    await eventually('the first sync ends', async () => {
      const { sync } = (await made.api.get<{ sync: { state: string; finishedAt: string | null } }>('connection')).body
      return sync.state === 'idle' && sync.finishedAt
    }) // prettier-ignore
    return made
  }
  const mappingsOf = async (api: Api) => (await api.get<{ data: Mapping[] }>('user-mappings')).body.data
  const configured = async (api: Api) => {
    const { webhooks } = (await api.get<{ webhooks: { event: string; configured: boolean }[] }>('connection')).body
    return webhooks.flatMap(({ event, configured: isConfigured }) => (isConfigured ? [event] : []))
  }

  it('lead to an active connection without JavaScript', async () => {
    const { api, ana } = await fresh()
    await service.lever.revokeGrants()

    const address = await ana.leadsTo('/settings/ats/authorize')
    const back = await got(await service.lever.consent(address, { jar: ana.jar }), { cookieJar: ana.jar })
    expect(new URL(back.url).pathname).to.equal(WEBHOOKS)
    expect(back.body)
      .to.include('Lever is connected')
      .and.match(/class="done"><a href="\/settings\/ats">Connect<span class="sr-only">, done/)

    expect((await ana.send(`${WEBHOOKS}/provision`)).html).to.include('Webhooks created in Lever')
    const users = await ana.send(WEBHOOKS, {})
    expect(users.path).to.equal(USERS)
    expect((await ana.send(USERS, { ...fieldsOf(users.html), do: 'match' })).html).to.include('2 people were matched')
    const activate = await ana.send(USERS, { ...fieldsOf((await ana.open(USERS)).html), do: 'proceed' })
    expect(activate.path).to.equal('/settings/ats/activate')
    expect(activate.html).to.include('2 people can export').and.include('5 events have a webhook').and.not.include('Required first')
    expect((await ana.send('/settings/ats/activate')).html).to.include('The connection is active')
    expect((await api.get<{ status: string }>('connection')).body.status).to.equal('active')
  })

  it('can be opened in any order', async () => {
    const { ana } = await fresh()

    for (const path of ['/settings/ats/activate', USERS, WEBHOOKS, '/settings/ats']) {
      const { status, html } = await ana.open(path)
      expect(status, path).to.equal(200)
      expect(html, path).to.match(new RegExp(`<a href="${path}" aria-current="step">`))
    }
    const blocked = await ana.open('/settings/ats/activate')
    expect(blocked.html).to.include('Lever is not connected').and.include('No active person is mapped')
    expect(blocked.html).to.match(/<button type="submit" disabled aria-describedby="cannot-yet">Activate/)
    expect((await ana.send('/settings/ats/activate')).html).to.match(/role="alert">Not ready yet/)
  })

  describe('webhooks', () => {
    it('have one row per event, with Lever’s label next to the API name, and one endpoint to copy', async () => {
      const { api, ana } = await fresh()
      const { webhookUrl } = (await api.get<{ webhookUrl: string }>('connection')).body

      const { html } = await ana.open(WEBHOOKS)

      for (const event of WEBHOOK_EVENTS)
        expect(rowOf(html, `<code>${event}</code>`)).to.match(/<input type="text" name="\w+" class="secret" aria-label="Signature token"/)
      expect(rowOf(html, 'Candidate Archive State Change')).to.include('candidateArchiveChange').and.include('Missing')
      expect(rowOf(html, 'interviewCreated')).to.include('Optional')
      expect(html)
        .to.include(`value="${webhookUrl}"`)
        .and.match(/data-copy="endpoint-url"[^>]*>Copy endpoint URL<\/button>/)
      expect(html).to.include('Settings > Integrations and API > Webhooks')
    })

    it('keep the pasted input if one token is wrong, and save none of the tokens', async () => {
      const { api, ana } = await fresh()

      const page = await ana.send(WEBHOOKS, { candidateHired: 'is wrong', candidateDeleted: 'secret-one', any: 'secret-any' })

      expect(page.status).to.equal(422)
      expect(rowOf(page.html, 'candidateHired')).to.include('value="is wrong"').and.include('aria-invalid="true"').and.include('no spaces')
      expect(rowOf(page.html, 'candidateDeleted')).to.include('value="secret-one"').and.not.include('aria-invalid')
      expect(await configured(api)).to.deep.equal([])
    })

    it('accept tokens pasted with spaces, and never show them again', async () => {
      const { api, ana } = await fresh()

      const next = await ana.send(WEBHOOKS, { candidateHired: '  secret-one\n', candidateDeleted: ' ' })
      const page = await ana.open(WEBHOOKS)

      expect(next.path).to.equal(USERS)
      expect(next.html).to.include('One signature token saved')
      expect(await configured(api)).to.deep.equal(['candidateHired'])
      expect(rowOf(page.html, 'candidateHired')).to.include('Saved').and.include('Paste a new token to replace it')
      expect(page.html).not.to.include('secret-one')
    })

    it('show their state: held, verified, received', async () => {
      const { api, ana } = await connected()
      const { webhookUrl } = (await api.get<{ webhookUrl: string }>('connection')).body
      const webhook = await service.lever.addWebhook('candidateHired', webhookUrl, { signatureToken: 'hired-token' })
      await service.lever.deliver('candidateHired', { opportunityId: '0f1e2d3c-4b5a-4968-8776-655443322110' }, webhook.id)

      const held = await eventually('it is held', async () => {
        const row = rowOf((await ana.open(WEBHOOKS)).html, 'candidateHired')
        return row.includes('1 delivery is waiting for the token') ? row : null
      })
      expect(held).to.include('Missing')

      await ana.send(WEBHOOKS, { candidateHired: 'hired-token' })
      await eventually('the held delivery counts', async () => rowOf((await ana.open(WEBHOOKS)).html, 'candidateHired').includes('Working'))
      await service.lever.removeWebhook(webhook.id)
    })

    it('turn red with a hint after a signature mismatch, and green again after a valid delivery', async () => {
      const { api, ana } = await connected()
      const { webhookUrl } = (await api.get<{ webhookUrl: string }>('connection')).body
      const row = async () => rowOf((await ana.open(WEBHOOKS)).html, 'candidateHired')
      const post = async (signatureToken: string) =>
        (await fetch(webhookUrl, { method: 'POST', body: JSON.stringify(signedWebhook('candidateHired', {}, signatureToken)) })).status
      expect(await post('right-one')).to.equal(200)

      await ana.send(WEBHOOKS, { candidateHired: 'wrong-one' })
      expect(await row(), 'the held one does not fit')
        .to.match(/class="badge bad">Refused: wrong signature/)
        .and.include('paste it here')
      await ana.send(WEBHOOKS, { candidateHired: 'right-one' })
      expect(await row())
        .to.include('Saved, not verified yet')
        .and.not.include('badge ok')
      expect(await post('yet another')).to.equal(401)
      expect(await row()).to.include('Refused: wrong signature')
      expect((await ana.open('/settings/ats')).html).to.include('Wrong signature')
      const activity = (await ana.open('/activity')).html
      for (const html of [activity, (await ana.open(WEBHOOKS)).html])
        expect(html).to.match(/<section [^>]*aria-labelledby="refused".*The signature does not match the signature token/s)
      expect(await row()).to.include('The signature does not match the signature token. In Lever, copy')

      expect(await post('right-one')).to.equal(200)
      expect(await row())
        .to.include('Verified')
        .and.not.include('Refused')
    })

    it('keep nothing from a previous connection: neither a state nor a token', async () => {
      const { api, ana } = await connected()
      const { webhookUrl } = (await api.get<{ webhookUrl: string }>('connection')).body
      const post = async (event: string, signatureToken: string) =>
        (await fetch(webhookUrl, { method: 'POST', body: JSON.stringify(signedWebhook(event, {}, signatureToken)) })).status
      await ana.send('/settings/ats/webhooks/provision')
      await ana.send(WEBHOOKS, { candidateHired: 'right-one', candidateDeleted: 'right-two', interviewCreated: 'right-three' })
      expect([await post('candidateHired', 'right-one'), await post('candidateDeleted', 'wrong')]).to.deep.equal([200, 401])
      const before = (await ana.open(WEBHOOKS)).html
      expect(before).to.include('badge ok').and.include('badge bad').and.include('id="refused"')

      await ana.send('/settings/ats/disconnect')
      const between = (await ana.open(WEBHOOKS)).html
      await ana.send('/settings/ats', { apiKey: await service.lever.newApiKey() })
      const after = (await ana.open(WEBHOOKS)).html

      for (const html of [between, after, (await ana.open('/activity')).html])
        expect(html).not.to.match(/badge (ok|bad)">(Verified|Working|Refused|Created)|id="refused"|Paste a new token|Last received/)
      expect(rowOf(after, 'candidateHired')).to.include('Missing')
      expect(await configured(api)).to.deep.equal([])
    })

    it('are named if changes happen but no deliveries arrive', async () => {
      const { id, ana } = await connected()
      await ana.send(WEBHOOKS, { candidateHired: 'hired-token' })
      const silent = { total: 3, silent: 3, lastAt: new Date(Date.now() + 1000) }
      await ConnectionModel.updateOne({ organization: id }, { 'webhooks.candidateHired.missed': silent })

      expect(rowOf((await ana.open(WEBHOOKS)).html, 'candidateHired'))
        .to.include('switched off in Lever?')
        .and.include('3 changes arrived without a webhook')
      expect((await ana.open('/settings/ats')).html).to.include('Candidate Hired is switched off in Lever')
    })

    it('can be removed one by one, after a confirmation', async () => {
      const { api, ana } = await connected()
      await ana.send(`${WEBHOOKS}/provision`)
      await ana.send(WEBHOOKS, { any: 'for-all' })

      const asked = await ana.open(`${WEBHOOKS}/candidateHired/remove`)
      expect(asked.html).to.include('Remove the webhook for Candidate Hired?')
      expect((await ana.send(`${WEBHOOKS}/candidateHired/remove`)).html).to.include('The webhook for Candidate Hired was removed')
      await ana.send(`${WEBHOOKS}/any/remove`)

      expect(await configured(api))
        .to.have.lengthOf(4)
        .and.not.include('candidateHired')
      expect((await ana.open(`${WEBHOOKS}/constructor/remove`)).status).to.equal(404)
    })

    it('cannot be created before Lever is connected, and the page says so next to the button', async () => {
      const { ana } = await fresh('es')

      expect((await ana.open(WEBHOOKS)).html).to.match(
        /<button type="submit" [^>]*disabled aria-describedby="connect-first">Crear webhooks en Lever/,
      )
      expect((await ana.send(`${WEBHOOKS}/provision`)).html).to.match(/role="alert">La conexión con Lever no está activa/)
    })
  })

  describe('users', () => {
    /** The form of the page, with the given values in the row of `email`. */
    async function typed(ana: Visitor, rows: Record<string, { lever?: string; active?: boolean }>): Promise<Record<string, string>> {
      const { html } = await ana.open(USERS)
      const fields = fieldsOf(html)
      for (const [email, { lever, active }] of Object.entries(rows)) {
        const [, id = ''] = /name="lever:(\w+)"/.exec(rowOf(html, email)) ?? []
        if (lever !== undefined) fields[`lever:${id}`] = lever
        if (active === false) delete fields[`active:${id}`]
      }
      return fields
    }

    it('suggest Lever users, except deactivated ones', async () => {
      const { ana } = await connected()

      const { html } = await ana.open(USERS)

      expect(html).to.match(/<datalist id="lever-users">.*<option value="ana@acme.example" label="Ana Duarte · super admin">/)
      expect(/<datalist.*<\/datalist>/s.exec(html)?.[0]).not.to.include('gus@acme.example')
      expect(rowOf(html, SOURCER))
        .to.match(/aria-label="Lever email"/)
        .and.match(/role="switch"[^>]*aria-label="Active"/)
    })

    it('save valid rows, and keep the input of the others with the reason next to it', async () => {
      const { api, ana } = await connected()

      const page = await ana.send(
        USERS,
        await typed(ana, { [SOURCER]: { lever: ' BO@acme.example ' }, [LEVER_ADMIN]: { lever: 'gus@acme.example' } }),
      )

      expect(page.status).to.equal(422)
      expect(rowOf(page.html, LEVER_ADMIN))
        .to.include('value="gus@acme.example"')
        .and.include('is deactivated')
        .and.include('aria-invalid="true"')
      expect(rowOf(page.html, SOURCER)).to.include('Mapped').and.not.include('aria-invalid')
      expect(await mappingsOf(api)).to.have.lengthOf(1)
    })

    it('do nothing twice if a form is submitted twice', async () => {
      const { id, ana } = await connected()
      const form = await typed(ana, { [SOURCER]: { lever: SOURCER } })

      const [first, second] = [await ana.send(USERS, form), await ana.send(USERS, form)]

      expect(first.html).to.include('One change saved')
      expect(second.path).to.equal('/settings/ats/activate')
      expect(await AuditEventModel.countDocuments({ organization: id, action: /^mapping/ })).to.equal(1)
    })

    it('leave alone what somebody else changed since the page was loaded, and show the current value', async () => {
      const { api, ana } = await connected()
      const form = await typed(ana, { [SOURCER]: { lever: 'chidi@acme.example' } })
      await api.put(`user-mappings/${encodeURIComponent(SOURCER)}`, { leverEmail: SOURCER })

      const page = await ana.send(USERS, form)

      expect(page.status).to.equal(422)
      expect(rowOf(page.html, SOURCER)).to.include(`someone else changed this to: ${SOURCER}`).and.include('value="chidi@acme.example"')
      expect((await mappingsOf(api))[0]).to.include({ leverEmail: SOURCER })
      const again = { ...fieldsOf(page.html), do: 'proceed' }
      expect((await ana.send(USERS, again)).path).to.equal('/settings/ats/activate')
      expect((await mappingsOf(api))[0]).to.include({ leverEmail: 'chidi@acme.example' })
    })

    it('can be switched off and removed', async () => {
      const { api, ana } = await connected()
      await ana.send(USERS, await typed(ana, { [SOURCER]: { lever: SOURCER } }))

      await ana.send(USERS, await typed(ana, { [SOURCER]: { active: false } }))
      expect((await mappingsOf(api))[0]).to.include({ active: false })
      expect(rowOf((await ana.open(USERS)).html, SOURCER)).to.include('Switched off')

      await ana.send(USERS, await typed(ana, { [SOURCER]: { lever: '' } }))
      expect(await mappingsOf(api)).to.deep.equal([])
    })

    it('offer near misses, each accepted with one click that also saves the rest', async () => {
      const { api, ana } = await connected()
      await api.put(`users/${encodeURIComponent('chidi@elsewhere.example')}`, { name: 'Chidi O.', role: 'sourcer' })

      const row = rowOf((await ana.open(USERS)).html, 'chidi@elsewhere.example')
      expect(row).to.include('Use chidi@acme.example').and.include('same before the @').and.include('No Lever user has this address')
      const form = await typed(ana, { [SOURCER]: { lever: SOURCER } })
      const page = await ana.send(USERS, { ...form, do: 'use chidi@elsewhere.example chidi@acme.example' })

      expect(page.path).to.equal(USERS)
      expect(page.html).to.include('2 changes saved')
      expect((await mappingsOf(api)).map(({ leverEmail }) => leverEmail)).to.have.members([SOURCER, 'chidi@acme.example'])
    })

    it('show who has since been deactivated in Lever', async () => {
      const { ana } = await connected()
      await ana.send(USERS, await typed(ana, { [SOURCER]: { lever: 'chidi@acme.example' } }))
      await service.lever.deactivateUser('chidi@acme.example')

      await ana.send(USERS, { ...fieldsOf((await ana.open(USERS)).html), do: 'match' })

      expect(rowOf((await ana.open(USERS)).html, SOURCER))
        .to.include('Deactivated in Lever')
        .and.include('value="chidi@acme.example"')
      await service.lever.reactivateUser('chidi@acme.example')
    })

    it('say next to the field that Lever is unreachable, and match against the last known users', async () => {
      const { ana } = await connected('es')
      await service.lever.fault({ match: { path: '/users' }, kind: 'status', status: 500, times: 100 })

      const refused = await ana.send(USERS, await typed(ana, { [SOURCER]: { lever: 'somebody@acme.example' } }))
      const matched = await ana.send(USERS, { ...fieldsOf((await ana.open(USERS)).html), do: 'match' })
      await service.lever.clearFaults()

      expect(rowOf(refused.html, SOURCER)).to.include('No se ha podido contactar con Lever').and.include('value="somebody@acme.example"')
      expect(matched.html).to.include('Se ha asignado un usuario de Lever a 2 personas')
    })

    it('refuse a form that did not come from this page', async () => {
      const { ana } = await connected()

      expect((await ana.send(USERS, { 'was:1': '{', 'lever:1': 'x' })).status).to.equal(422)
    })

    it('map no person of another organization', async () => {
      const { ana } = await connected()
      const other = await connected()
      await other.api.put(`users/${encodeURIComponent('eve@acme.example')}`, { name: 'Eve', role: 'sourcer' })

      const was = JSON.stringify({ userEmail: 'eve@acme.example', leverEmail: '', active: true })
      const page = await ana.send(USERS, { 'was:1': was, 'lever:1': 'chidi@acme.example' })

      expect(page.status).to.equal(422)
      expect(await mappingsOf(other.api)).to.deep.equal([])
    })
  })
})

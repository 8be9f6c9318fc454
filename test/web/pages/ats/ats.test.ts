import { expect } from 'chai'
import { got } from 'got'
import { ConnectionModel } from '../../../../src/connection/connection-model.ts'
import { BUILT_FEATURES } from '../../../../src/connection/features.ts'
import { neededScopes } from '../../../../src/connection/lever-access.ts'
import { OpportunitySyncModel } from '../../../../src/mirror/opportunity-sync-model.ts'
import { SyncRunModel } from '../../../../src/mirror/sync-run-model.ts'
import { scopePurpose } from '../../../../src/web/pages/ats/texts-scopes.ts'
import { eventually } from '../../../support/eventually.ts'
import { LEVER_ADMIN } from '../../../support/lever.ts'
import { SOURCER, startService, type Api, type ServiceForTests } from '../../../support/service.ts'
import { visit, type Visitor } from '../visitor.ts'

const DAY_MS = 86_400_000

describe('ATS configuration', function () {
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
  async function live(): Promise<{ id: string; api: Api; ana: Visitor }> {
    const { id, api } = await service.connected()
    return { id, api, ana: await visit(service.url, api, LEVER_ADMIN) }
  }
  const statusOf = async (api: Api) => (await api.get<{ status: string }>('connection')).body.status

  describe('before Lever is connected', () => {
    it('says what is needed, lists each scope with its feature, and continues to Lever', async () => {
      const { ana } = await fresh()

      const page = await ana.open('/settings/ats')

      expect(page.html).to.include('Super Admin').and.include('recent sign-in to Lever')
      expect(page.html).to.match(/Choose a job when exporting<\/span><code>postings:read:admin/)
      expect(page.html).to.match(/<label for="application">ATS application<\/label>/)
      const chosen = await ana.send('/settings/ats', { application: 'lever', apiKey: ' ' })
      expect(chosen.path).to.equal('/settings/ats')
      expect(chosen.html).to.match(/role="status">Lever is selected/)
      expect(await ana.leadsTo('/settings/ats/authorize')).to.match(/\/connect\/lever\//)
    })

    it('states a purpose in both languages for every scope that is ever requested', () => {
      for (const { name: scope } of neededScopes({ features: [...BUILT_FEATURES], noteMode: 'perPause' }))
        for (const language of ['en', 'es'] as const) expect(scopePurpose(language, scope), `${language} ${scope}`).to.be.a('string')
      expect(scopePurpose('en', 'constructor')).to.equal(null)
    })

    it('keeps a key that Lever refuses in its field, says why, and connects with a valid key pasted with spaces', async () => {
      const { api, ana } = await fresh()

      const spaced = await ana.send('/settings/ats', { apiKey: 'not a key' })
      const unknown = await ana.send('/settings/ats', { apiKey: 'no-such-key' })
      const weak = await ana.send('/settings/ats', { apiKey: await service.lever.newApiKey({ permissions: [] }) })

      for (const page of [spaced, unknown, weak]) expect(page.status).to.equal(422)
      expect(spaced.html).to.include('value="not a key"').and.include('printable characters and no spaces')
      expect(unknown.html).to.include('value="no-such-key"').and.include('Lever does not accept this API key')
      expect(weak.html).to.include('Missing permissions: Find all users / List users, Find all opportunities / List all opportunities, ')
      const taken = await ana.send('/settings/ats', { apiKey: `  ${await service.lever.newApiKey()}\n` })
      expect(taken.path).to.equal('/settings/ats/webhooks')
      expect(await statusOf(api)).to.equal('configuring')
    })

    it('speaks Spanish, including its refusals', async () => {
      const { ana } = await fresh('es')

      expect((await ana.open('/settings/ats')).html)
        .to.include('Guardar y continuar')
        .and.include('Elegir un puesto al exportar')
      expect((await ana.send('/settings/ats', { apiKey: 'no-such-key' })).html).to.include('Lever no acepta esta clave')
    })
  })

  describe('once Lever is connected', () => {
    it('shows who authorized it, both expiry times, scopes, webhooks, request budget, and age of the data', async () => {
      const { ana } = await live()

      const { html } = await ana.open('/settings/ats')

      expect(html).to.match(/<span class="badge ok">Active<\/span>/)
      expect(html).to.include(`Authorized by ${LEVER_ADMIN}`).and.include('Access token')
      expect(html)
        .to.match(/Authorization expires if unused<\/dt>/)
        .and.match(/expires in any case<\/dt>/)
      expect(html).to.include('All required permissions are granted')
      expect(html).to.match(/Candidate Hired<\/dt><dd><span class="badge warn">No token/)
      expect(html)
        .to.match(/<meter [^>]*max="15"/)
        .and.match(/<svg role="img" aria-label="Requests in the last hour: \d+/)
      expect(html).to.match(/Users<\/dt><dd>8<span class="small"><time/)
      expect(html).not.to.include('hx-trigger')
    })

    it('warns before the authorization expires', async () => {
      const { id, ana } = await live()
      await ConnectionModel.updateOne({ organization: id }, { 'auth.authorizedAt': new Date(Date.now() - 350 * DAY_MS) })

      expect((await ana.open('/settings/ats')).html).to.match(
        /in any case<\/dt><dd><time[^>]*>in 1[45] days<\/time> <span class="badge warn">/,
      )
    })

    it('names permissions that were not granted', async () => {
      const { id, ana } = await live()
      const without = ['offline_access', 'opportunities:write:admin', 'confidential:access:admin']
      await ConnectionModel.updateOne({ organization: id }, { 'auth.scopes': without })

      const { html } = await ana.open('/settings/ats')

      expect(html).to.include('9 required permissions are not granted').and.include('Missing permission: add notes to candidates')
      expect(html).to.match(/confidential:access:admin<\/code><span class="badge ">Granted, but not needed/)
    })

    it('shows the progress of a sync while it runs, and refreshes automatically', async () => {
      const { id, ana } = await live()
      await SyncRunModel.updateOne({ organization: id }, { 'progress.state': 'running', 'progress.resources': { users: 3 } })

      const ahead = { complete: false, records: 1200, estimated: 5000, perSecond: 20, state: 'running' }
      await OpportunitySyncModel.updateOne({ organization: id }, { progress: ahead })

      const part = await ana.open('/settings/ats/mirror')

      expect(part.html)
        .to.include('1200 of about 5000')
        .and.include('about 4 minutes left')
        .and.match(/<progress [^>]*max="5000"/)

      expect(part.html)
        .to.match(/^<section [^>]*hx-get="\/settings\/ats\/mirror" hx-trigger="every 2s"/)
        .and.match(/<progress /)
      expect(part.html).to.match(/Users<\/dt><dd>3</)
      expect((await ana.send('/settings/ats/sync')).html).to.include('Started reading from Lever')
    })

    it('pauses and resumes, and accepts repeats of both', async () => {
      const { api, ana } = await live()

      for (const status of ['paused', 'paused'] as const) {
        const paused = await ana.send('/settings/ats/pause')
        expect(paused.html)
          .to.include('Exports are paused')
          .and.match(/badge warn">Paused/)
        expect(await statusOf(api)).to.equal(status)
      }
      expect((await ana.send('/settings/ats/activate')).html).to.include('>Activated.<')
      expect(await statusOf(api)).to.equal('active')
    })

    it('says on the page why a button had no effect', async () => {
      const { ana } = await fresh()

      const page = await ana.send('/settings/ats/pause')

      expect(page).to.include({ status: 200, path: '/settings/ats' })
      expect(page.html).to.match(/role="alert">This organization is not connected to Lever/)
    })

    it('asks before disconnecting, says what that does, and then does it', async () => {
      const { api, ana } = await live()

      const asked = await ana.open('/settings/ats/disconnect')
      expect(asked.html).to.include('signature tokens are deleted').and.include('audit trail are kept').and.include('pause instead')
      expect(await statusOf(api)).to.equal('active')

      const done = await ana.send('/settings/ats/disconnect')
      expect(done.html).to.include('Lever is disconnected').and.include('What you need')
      expect(await statusOf(api)).to.equal('disconnected')
      expect((await ana.send('/settings/ats/disconnect')).status).to.equal(200)
    })

    it('offers Authorize when Lever no longer accepts our credentials, and keeps everything else', async () => {
      const { id, ana } = await live()
      await ConnectionModel.updateOne(
        { organization: id },
        { status: 'revoked', statusBeforeRevocation: 'active', revokedBecause: 'refresh_lost' },
      )

      const { html } = await ana.open('/settings/ats')
      const address = await ana.leadsTo('/settings/ats/authorize')

      expect(html)
        .to.match(/role="alert">The connection to Lever broke while access was being renewed/)
        .and.match(/<button type="submit"[^>]*>Authorize<\/button>/)
      await service.lever.revokeGrants()
      await got(await service.lever.consent(address, { jar: ana.jar }), { cookieJar: ana.jar })
      await eventually('it is active again', async () => (await ana.open('/settings/ats')).html.includes('badge ok">Active'))
    })

    it('replaces the API key with Edit and Save, and says why it refuses one', async () => {
      const { ana } = await fresh()
      await ana.send('/settings/ats', { apiKey: await service.lever.newApiKey() })
      const [weak, another] = [await service.lever.newApiKey({ permissions: ['List all users'] }), await service.lever.newApiKey()]

      expect((await ana.open('/settings/ats')).html).to.match(/<button type="submit" name="edit" value="api-key"[^>]*>Edit</)
      expect((await ana.open('/settings/ats?edit=api-key')).html).to.match(/<button type="submit">Save</)
      const refused = await ana.send('/settings/ats', { apiKey: weak })
      expect(refused.status).to.equal(422)
      expect(refused.html)
        .to.include('Missing permissions: Find all opportunities / List all opportunities')
        .and.match(/<button type="submit">Save</)
      const saved = await ana.send('/settings/ats', { apiKey: another })

      expect(saved).to.include({ status: 200, path: '/settings/ats' })
      expect(saved.html)
        .to.include('The new API key is in use')
        .and.include(`…${another.slice(-4)}`)
        .and.include('Not visible with this key')
        .and.not.include(another)
    })
  })

  it('is available to admins only', async () => {
    const { api } = await fresh()
    const bo = await visit(service.url, api, SOURCER)

    for (const path of ['', '/webhooks', '/users', '/activate', '/disconnect', '/mirror', '/webhooks/any/remove'])
      expect((await bo.open(`/settings/ats${path}`)).status, path).to.equal(403)
    for (const path of ['', '/authorize', '/pause', '/activate', '/disconnect', '/sync', '/webhooks', '/webhooks/provision', '/users'])
      expect((await bo.send(`/settings/ats${path}`)).status, path).to.equal(403)
  })
})

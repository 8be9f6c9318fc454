import { expect } from 'chai'
import mongoose from 'mongoose'
import { AuditEventModel } from '../../../../src/audit/audit-event-model.ts'
import { FirstAdminModel } from '../../../../src/accounts/first-admin-model.ts'
import { OrganizationModel } from '../../../../src/accounts/organization-model.ts'
import { PersonModel } from '../../../../src/accounts/person-model.ts'
import { connectEmptyDatabase, leaveDatabase } from '../../../support/mongo.ts'
import { startWeb, type RunningWeb } from '../../../support/web.ts'
import { browse } from '../visitor.ts'

const FORM = {
  organizationName: 'Gamma',
  sourceName: 'finder.example',
  name: 'Gil',
  email: ' Gil@gamma.example',
  password: 'three words suffice',
}

describe('setup with the printed link', () => {
  let web: RunningWeb

  before(connectEmptyDatabase)
  beforeEach(async () => {
    for (const { collection } of Object.values(mongoose.models)) await collection.deleteMany()
    web = await startWeb()
  })
  afterEach(() => web.stop())
  after(leaveDatabase)

  const makeLink = async () => new URL((await web.accounts.createSetUpLink()) ?? 'http://none.invalid/').pathname

  it('creates the organization and its first admin, who is signed in and can return with a password', async () => {
    const link = await makeLink()
    const visitor = browse(web.url)
    const page = await visitor.open(link)
    expect(page.status).to.equal(200)
    for (const label of ['Organization', 'Source name', 'Your name', 'Your email', 'Password'])
      expect(page.html).to.match(new RegExp(`<label for="\\w+">${label}<`))

    expect(await visitor.leadsTo(link, FORM)).to.equal('/settings/ats')

    const account = await visitor.open('/account')
    expect(account.html).to.contain('gil@gamma.example').and.contain('Gamma').and.contain('Admin')
    const again = await browse(web.url).send('/sign-in', { email: 'gil@gamma.example', password: FORM.password, next: '/account' })
    expect(again.path).to.equal('/account')
    const { _id } = await OrganizationModel.findOne({ name: 'Gamma' }).orFail().lean()
    expect(await web.accounts.hashKeyOf(String(_id))).to.have.lengthOf(32)
    expect((await AuditEventModel.find({ organization: _id }).sort({ seq: 1 }).lean()).map(({ action }) => action)).to.deep.equal([
      'organization.created',
      'user.created',
      'user.passwordSet',
      'signIn.byPassword',
    ])
  })

  it('works once, even for two concurrent requests, whichever link they use', async () => {
    const [link, another] = [await makeLink(), await makeLink()]

    const ends = await Promise.all([link, another, link].map((path) => browse(web.url).leadsTo(path, FORM)))
    const later = await browse(web.url).open(another)

    expect(ends.toSorted()).to.deep.equal(['', '', '/settings/ats'])
    expect(later.status).to.equal(400)
    expect(later.html).to.contain('no longer works')
    expect(await OrganizationModel.countDocuments({ name: 'Gamma' })).to.equal(1)
    expect(await PersonModel.countDocuments()).to.equal(1)
    expect(await web.accounts.createSetUpLink()).to.equal(null)
  })

  it('is refused with an unknown or expired link, or once anybody exists', async () => {
    const link = await makeLink()
    expect((await browse(web.url).open('/set-up/fsu_guessed')).status).to.equal(400)
    expect(await web.accounts.setUpFirstAdmin('fsu_guessed', FORM)).to.equal(null)
    await FirstAdminModel.updateOne({}, { 'links.0.expiresAt': new Date(Date.now() - 1) })
    expect((await browse(web.url).send(link, FORM)).status).to.equal(400)

    const second = await makeLink()
    await web.accounts.putPerson(web.organization, 'ana@acme.example', { name: 'Ana', role: 'sourcer' }, 'operator')

    expect((await browse(web.url).open(second)).status).to.equal(400)
    expect((await browse(web.url).send(second, FORM)).status).to.equal(400)
    expect(await OrganizationModel.countDocuments({ name: 'Gamma' })).to.equal(0)
  })

  it('names the wrong field, keeps the others, and stays open', async () => {
    const link = await makeLink()
    const visitor = browse(web.url, { language: 'es' })

    const page = await visitor.send(link, { ...FORM, email: 'nonsense', password: 'short' })

    expect(page.status).to.equal(422)
    expect(page.html).to.contain('No es una dirección de correo').and.contain('value="Gamma"').and.not.contain('short"')
    expect(page.html.match(/aria-invalid="true"/g)).to.have.lengthOf(2)
    expect(await visitor.leadsTo(link, FORM)).to.equal('/settings/ats')
  })

  it('refuses a password made of the names that are entered with it', async () => {
    const link = await makeLink()

    for (const password of ['Gamma-finder-26', 'gil@gamma.example', 'Password12345']) {
      const page = await browse(web.url).send(link, { ...FORM, password })
      expect(page.status, password).to.equal(422)
      expect(page.html.match(/aria-invalid="true"/g), password).to.have.lengthOf(1)
    }
    expect(await PersonModel.countDocuments()).to.equal(0)
  })
})

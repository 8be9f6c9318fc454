import { expect } from 'chai'
import { got, type Response } from 'got'
import { CookieJar } from 'tough-cookie'
import { eventually } from '../support/eventually.ts'
import { LEVER_ADMIN, type LeverOpportunity } from '../support/lever.ts'
import { SOURCER, startService, type Api, type ExportAnswer, type ServiceForTests } from '../support/service.ts'

interface ShownDuplicate {
  opportunityId: string | null
  confidential: boolean
  [detail: string]: unknown
}

/** With a key that shows confidential records. */
describe('confidential records in Lever', () => {
  let service: ServiceForTests
  let api: Api
  let hidden: LeverOpportunity
  let asSourcer: (
    path: string,
    json: object,
  ) => Promise<Response<{ duplicates?: ShownDuplicate[]; data?: { duplicates: ShownDuplicate[] }[] }>>
  let readAsSourcer: (path: string) => Promise<Response<Record<string, unknown>>>

  before(async function () {
    this.timeout(60_000)
    service = await startService()
    api = (await service.organization()).api
    const apiKey = await service.lever.newApiKey({ confidential: true })
    expect((await api.put('connection/api-key', { apiKey, userEmail: LEVER_ADMIN })).status).to.equal(200)
    await api.put(`user-mappings/${SOURCER}`, { leverEmail: SOURCER })
    expect((await api.post('connection/activate')).status).to.equal(200)
    hidden = onlyRecord((await service.lever.allOpportunities()) as (LeverOpportunity & { confidentiality: string })[])
    asSourcer = await sessionOf(SOURCER)
  })
  after(() => service.stop())

  /** Of a person who is in Lever once. */
  function onlyRecord(all: (LeverOpportunity & { confidentiality: string })[]): LeverOpportunity {
    const times = (email: string | undefined) => all.filter(({ emails }) => email !== undefined && emails.includes(email)).length
    const found = all.find(
      ({ confidentiality, emails, archived }) => confidentiality === 'confidential' && !archived && times(emails[0]) === 1,
    )
    if (!found) throw new Error('the sample account has nobody who is confidential alone')
    return found
  }

  async function sessionOf(userEmail: string): Promise<typeof asSourcer> {
    const { body } = await api.post<{ url: string }>('sign-in-links', { userEmail })
    const cookieJar = new CookieJar()
    const page = await got(body.url, { cookieJar })
    const csrfToken = /name="csrf-token" content="([^"]+)"/.exec(page.body)?.[1] ?? ''
    const browser = got.extend({ cookieJar, headers: { 'x-csrf-token': csrfToken }, throwHttpErrors: false, responseType: 'json' })
    readAsSourcer = (path) => browser.get<Record<string, unknown>>(`${service.url}/api/v1/${path}`)
    return (path, json) => browser.post(`${service.url}/api/v1/${path}`, { json })
  }

  it('are shown in full to admins, and only as existing to sourcers', async () => {
    const wish = { candidate: { name: hidden.name, emails: hidden.emails }, requestedBy: SOURCER }

    const toAdmin = await api.post<{ duplicates: ShownDuplicate[]; confidentialVisible: boolean }>('exports/preview', wish)
    const toSourcer = await asSourcer('exports/preview', wish)

    expect(toAdmin.body.confidentialVisible).to.equal(true)
    expect(toAdmin.body.duplicates).to.have.lengthOf(1)
    expect(toAdmin.body.duplicates[0]).to.deep.include({ opportunityId: hidden.id, confidential: true, url: hidden.urls.show })
    expect(toSourcer.body.duplicates).to.deep.equal([NOTHING_OF_IT])
  })

  it('are hidden from sourcers in the bulk preview and in the export that they stop', async () => {
    const { body: candidate } = await api.post<{ id: string }>('candidates', { name: hidden.name, emails: hidden.emails })
    const many = { candidateIds: [candidate.id], requestedBy: SOURCER }
    const seen = await eventually('all of Lever has been read', async () => {
      const { body } = await api.post<{ data: { duplicates: ShownDuplicate[] }[] }>('exports/bulk/preview', many)
      return body.data[0]?.duplicates[0]
    }, 30_000) // prettier-ignore

    const toSourcer = await asSourcer('exports/bulk/preview', many)
    const { body: asked } = await api.post<ExportAnswer>('exports', { candidateId: candidate.id, requestedBy: SOURCER })
    const stopped = await eventually('it has ended', async () => {
      const { body } = await api.get<ExportAnswer>(`exports/${asked.id}`)
      return body.status === 'duplicate' ? body : null
    }, 30_000) // prettier-ignore

    expect(seen).to.deep.include({ opportunityId: hidden.id, url: hidden.urls.show })
    expect(toSourcer.body.data?.[0]?.duplicates).to.deep.equal([NOTHING_OF_IT])
    expect(stopped).to.include({ confidential: true, duplicateOf: hidden.id, url: hidden.urls.show })
    const { body: own } = await readAsSourcer(`exports/${asked.id}`)
    expect(own).to.include({ status: 'duplicate', confidential: true, duplicateOf: null, url: null, stage: null })
  })
})

const NOTHING_OF_IT: ShownDuplicate = {
  opportunityId: null,
  confidential: true,
  contactId: null,
  url: null,
  stage: null,
  archived: null,
  owner: null,
  postings: [],
  createdAt: null,
}

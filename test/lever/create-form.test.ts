import { expect } from 'chai'
import { createFormFields, createOpportunity, type CreateOpportunityBody } from '../../src/lever/opportunities.ts'
import { clientFor } from './client-under-test.ts'
import { json, startHttpServer, type TestServer } from './http-server.ts'

const BODY: CreateOpportunityBody = {
  name: 'Zoë "Q" Example',
  phones: [{ value: '1', type: 'mobile' }, { value: '2' }],
  emails: ['a@mail.example', 'b@mail.example'],
  tags: ['Go'],
  origin: 'sourced',
  createdAt: 1_782_973_996_415,
}

describe('lever: an opportunity as a form', () => {
  let server: TestServer

  beforeEach(async () => {
    server = await startHttpServer((response) => json(response, 201, { data: { id: 'o1' }, deduped: false }))
  })
  afterEach(() => server.stop())

  it('repeats the names of lists, and spells out those of objects', () => {
    expect(createFormFields(BODY)).to.deep.equal([
      ['name', 'Zoë "Q" Example'],
      ['phones[0][value]', '1'],
      ['phones[0][type]', 'mobile'],
      ['phones[1][value]', '2'],
      ['emails[]', 'a@mail.example'],
      ['emails[]', 'b@mail.example'],
      ['tags[]', 'Go'],
      ['origin', 'sourced'],
      ['createdAt', '1782973996415'],
    ])
  })

  it('carries these fields and the file in one call', async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, at) => at)
    const resume = { filename: 'Zoë "CV"\r\n.pdf', contentType: 'application/pdf', bytes }

    const { opportunity } = await createOpportunity(clientFor(server.url).client, { performAs: 'u1', body: BODY, resume })

    const [seen, ...more] = server.seen
    expect([opportunity.id, more.length]).to.deep.equal(['o1', 0])
    const type = seen?.headers['content-type'] ?? ''
    expect(type).to.match(/^multipart\/form-data; boundary=/)
    expect(seen?.body).to.contain('name="resumeFile"; filename="Zoë %22CV%22%0D%0A.pdf"')
    expect(seen?.body).to.contain('Content-Type: application/pdf')
    const names = [...(seen?.body ?? '').matchAll(/form-data; name="([^"]+)"/g)].map(([, name]) => name)
    expect(names).to.deep.equal([...createFormFields(BODY).map(([name]) => name), 'resumeFile'])
  })

  it('is JSON without a file', async () => {
    await createOpportunity(clientFor(server.url).client, { performAs: 'u1', body: BODY })

    expect(JSON.parse(server.seen[0]?.body ?? '')).to.deep.equal(BODY)
  })
})

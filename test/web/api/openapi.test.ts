import { Validator } from '@seriousme/openapi-schema-validator'
import { expect } from 'chai'
import { auditEventEndpoints } from '../../../src/web/api/audit-events.ts'
import { apiKeyEndpoints } from '../../../src/web/api/api-keys.ts'
import { organizationEndpoints } from '../../../src/web/api/organizations.ts'
import { signInLinkEndpoints } from '../../../src/web/api/sign-in-links.ts'
import { userEndpoints } from '../../../src/web/api/users.ts'
import { NO_NAMES } from '../../support/audit.ts'
import { connectEmptyDatabase, leaveDatabase } from '../../support/mongo.ts'
import { startWeb, type RunningWeb, type WebParts } from '../../support/web.ts'

const endpoints = (parts: WebParts) => [
  ...organizationEndpoints({ ...parts, deletions: { deleteOrganization: async () => '' } }),
  ...apiKeyEndpoints(parts),
  ...userEndpoints(parts),
  ...signInLinkEndpoints(parts),
  ...auditEventEndpoints({ ...parts, ...NO_NAMES }),
]

interface Operation {
  operationId?: string
  parameters?: { name: string; in: string }[]
  security?: Record<string, unknown>[]
  responses: Record<string, { content?: Record<string, unknown> }>
}
type Paths = Record<string, Record<string, Operation>>

describe('OpenAPI document', () => {
  let web: RunningWeb
  let document: { openapi: string; paths: Paths; components: { schemas: Record<string, unknown> } }

  before(async () => {
    await connectEmptyDatabase()
    web = await startWeb({ endpoints })
    document = (await (await fetch(`${web.url}/api/openapi.json`)).json()) as typeof document
  })
  after(async () => {
    await web.stop()
    await leaveDatabase()
  })

  it('is valid OpenAPI 3.1', async () => {
    const result = await new Validator().validate(structuredClone(document))

    expect(result.errors ?? []).to.deep.equal([])
    expect(result.valid).to.equal(true)
    expect(document.openapi).to.equal('3.1.0')
  })

  it('contains every declared route, and each one is mounted', async () => {
    const declared = endpoints(web).map(({ method, path }) => `${method} /api/v1${path}`)
    const documented = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method} ${path}`),
    )

    expect(documented.filter((name) => name.includes('/api/v1'))).to.have.members(declared)
    for (const name of documented) {
      const [method = '', path = ''] = name.split(' ')
      const { status } = await web.call(method.toUpperCase(), path.replaceAll(/\{\w+\}/g, 'x'), { headers: { cookie: '' } })
      expect(status, name).to.be.oneOf([200, 401])
    }
  })

  it('documents parameters, the idempotency key, and the problems', () => {
    const create = document.paths['/api/v1/sign-in-links']?.['post']
    const list = document.paths['/api/v1/users']?.['get']

    expect(create?.parameters?.map(({ name }) => name)).to.deep.equal(['Idempotency-Key'])
    expect(list?.parameters?.map(({ name }) => name)).to.deep.equal(['limit', 'cursor'])
    expect(create?.responses).to.include.keys('201', '401', '403', '404', '415', '422', '429', '500')
    expect(create?.responses['422']?.content).to.have.key('application/problem+json')
    expect(document.components.schemas).to.include.keys('Problem', 'User', 'ApiKey')
  })

  it('gives every operation a unique name', () => {
    const ids = Object.values(document.paths).flatMap((operations) =>
      Object.values(operations).flatMap(({ operationId }) => operationId ?? []),
    )

    expect(new Set(ids).size).to.equal(ids.length)
  })

  it('is readable at /api/docs without an inline script', async () => {
    const page = await fetch(`${web.url}/api/docs`)
    const html = await page.text()
    const sources = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, source]) => source)

    expect(page.status).to.equal(200)
    expect(html).not.to.match(/<script(?![^>]*src=)/)
    expect(sources.length).to.be.at.least(4)
    for (const source of sources) expect((await fetch(`${web.url}${source}`)).status, source).to.equal(200)
  })
})

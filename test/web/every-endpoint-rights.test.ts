/** Walks the OpenAPI document and checks who may call what, and that nobody sees or changes data of another organization. */
import { expect } from 'chai'
import { isBelowApi, isList, isWrite, nameOf, resolve, type Operation } from './hostile/api-document.ts'
import { problemOf } from './hostile/answer-rules.ts'
import type { RawAnswer } from './hostile/raw-request.ts'
import { changesBetween, snapshotOf } from './hostile/snapshot.ts'
import { forEachOf, namesAnOwnThing, startWorld, type Asker, type World } from './hostile/world.ts'

/** Causes a refusal of the input, but only after the caller was authorized. */
const LET_IN = '?unknownParameter=1'
/** The routes for sourcers: candidates and conversations with them, exports, and the Lever records to choose from. Everything else requires an admin. */
const FOR_SOURCERS =
  /^\/api\/v1\/(candidates|candidate-imports|conversations|exports|export-batches|lever\/(stages|postings|requisitions|archive-reasons))(\/|$)/

describe('every endpoint: permissions', function () {
  this.timeout(120_000)
  let world: World
  let guarded: Operation[]
  let ofOrganizations: Operation[]

  before(async () => {
    world = await startWorld()
    guarded = world.operations.filter(isBelowApi)
    ofOrganizations = guarded.filter(({ audience }) => audience !== 'operator')
  })
  after(() => world.stop())

  const codeFor = async (operation: Operation, as: Asker, query = LET_IN): Promise<string> => {
    const answer = await world.ask(operation, { as, query })
    return answer.status >= 400 ? problemOf(answer).code : `answered ${answer.status}`
  }

  it('covers the whole API', () => {
    expect(guarded.length).to.be.at.least(40)
    expect(guarded.filter(({ audience }) => audience === 'anybody').map(nameOf)).to.deep.equal([])
  })

  it('requires credentials, and says how to send them', async () => {
    await forEachOf(guarded, nameOf, async (operation) => {
      const answer = await world.ask(operation, { as: 'nobody' })

      expect(answer.status).to.equal(401)
      expect(problemOf(answer).code).to.equal('unauthenticated')
      expect(answer.headers['www-authenticate']).to.match(/^Bearer/)
    })
  })

  it('refuses unknown or revoked keys, and unknown cookies', async () => {
    const revoked = await world.us.api.post<{ id: string; apiKey: string }>('api-keys', { name: 'revoked' })
    await world.us.api.delete(`api-keys/${revoked.body.id}`)
    const wrong: Record<string, string>[] = [
      { authorization: `Bearer ${revoked.body.apiKey}` },
      { authorization: `Bearer ${world.us.keys[0]}x` },
      { authorization: `Basic ${Buffer.from(`${world.us.keys[0]}:`).toString('base64')}` },
      { cookie: 'fulcrum_session=x; __Host-fulcrum_session=x' },
      { cookie: `fulcrum_session=${world.us.keys[0]}` },
    ]

    for (const headers of wrong) {
      await forEachOf(guarded, nameOf, async (operation) => {
        // 429 from the eleventh wrong key per minute
        expect((await world.ask(operation, { as: 'nobody', headers })).status).to.be.oneOf('authorization' in headers ? [401, 429] : [401])
      })
    }
  })

  it('accepts the operator key on operator routes only, and no other credentials there', async () => {
    await forEachOf(guarded, nameOf, async (operation) => {
      expect(await codeFor(operation, 'operator')).to.equal(operation.isForOperator ? 'invalid_request' : 'forbidden')
      expect(await codeFor(operation, world.us)).to.equal(operation.audience === 'operator' ? 'forbidden' : 'invalid_request')
      if (operation.audience === 'operator') expect(await codeFor(operation, world.us.admin)).to.equal('forbidden')
    })
  })

  it('lets sourcers use candidates and exports, and admins use everything', async () => {
    await forEachOf(ofOrganizations, nameOf, async (operation) => {
      expect(operation.audience, 'role in the document').to.equal(FOR_SOURCERS.test(operation.path) ? 'sourcer' : 'admin')
      expect(await codeFor(operation, world.us.sourcer)).to.equal(operation.audience === 'sourcer' ? 'invalid_request' : 'forbidden')
      expect(await codeFor(operation, world.us.admin)).to.equal('invalid_request')
    })
  })

  it('lets a read-only API key call every GET and the previews, and nothing else', async () => {
    const { body } = await world.us.api.post<{ apiKey: string }>('api-keys', { name: 'reads', access: 'read' })
    const readingKey = { ...world.us, keys: [body.apiKey] }
    const reads = ofOrganizations.filter((operation) => !isWrite(operation) || operation.path.endsWith('/preview'))

    await forEachOf(ofOrganizations, nameOf, async (operation) => {
      const isRead = reads.includes(operation)
      expect(operation.isForReadKeys, 'access in the document').to.equal(isRead)
      expect(await codeFor(operation, readingKey)).to.equal(isRead ? 'invalid_request' : 'forbidden')
    })
    expect(reads.filter(isWrite).map(nameOf)).to.have.members([
      'POST /api/v1/candidates/import/preview',
      'POST /api/v1/export-rules/{name}/preview',
      'POST /api/v1/exports/bulk/preview',
      'POST /api/v1/exports/preview',
    ])
    const [opened] = ofOrganizations.filter((operation) => nameOf(operation) === 'POST /api/v1/exports/preview')
    if (opened) expect((await world.ask(opened, { ...(await world.rightQuestion(opened)), as: readingKey })).status).to.equal(200)
  })

  it('accepts a write in a session only with its CSRF token and from a page of its own origin', async () => {
    const { admin, sourcer } = world.us
    await forEachOf(ofOrganizations.filter(isWrite), nameOf, async (operation) => {
      expect(await codeFor(operation, { ...admin, csrfToken: '' })).to.equal('csrf_token_missing')
      expect(await codeFor(operation, { ...admin, csrfToken: sourcer.csrfToken })).to.equal('csrf_token_missing')
      for (const headers of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }] as Record<string, string>[]) {
        const answer = await world.ask(operation, { as: admin, headers, query: LET_IN })
        expect(problemOf(answer).code).to.equal('forbidden')
      }
    })
  })

  it('does not let a person in a session act for anybody else', async () => {
    const speaking = ofOrganizations.filter(({ body }) => {
      const schema = body['application/json']?.schema
      return schema !== undefined && speakers(resolve(world.document, schema).properties).length > 0
    })
    expect(speaking.map(nameOf)).to.include.members(['POST /api/v1/exports', 'POST /api/v1/conversations/{externalId}/messages'])

    await forEachOf(speaking, nameOf, async (operation) => {
      const body = (await world.bodyOf(operation)) as Record<string, unknown>
      const another = Object.fromEntries(speakers(body).map((name) => [name, world.us.person]))
      const asked = await world.ask(operation, { as: world.us.sourcer, json: { ...body, ...another } })

      expect([asked.status, problemOf(asked).code]).to.deep.equal([403, 'forbidden'])
    })
  })

  it("answers 404 to a sourcer, but not to an admin, for somebody else's export or import", async () => {
    const ofAnother = {
      '/api/v1/exports/{id}': world.us.exportOfAnother,
      '/api/v1/export-batches/{id}': world.us.batchOfAnother,
      '/api/v1/candidate-imports/{id}': world.us.objects['/api/v1/candidate-imports/'] ?? '',
    }
    for (const [beginning, id] of Object.entries(ofAnother)) {
      const ofOne = ofOrganizations.filter(({ path }) => path.startsWith(beginning))
      expect(ofOne).not.to.have.length(0)

      await forEachOf(ofOne, nameOf, async (operation) => {
        const path = operation.path.replace('{id}', id)
        expect((await world.ask(operation, { as: world.us.sourcer, path })).status).to.equal(404)
        expect((await world.ask(operation, { as: world.us.admin, path })).status).not.to.equal(404)
      })
    }
    expect((await world.us.api.get(`exports/${world.us.exportOfAnother}`)).body['status']).to.equal('exported')
    expect((await world.us.api.get(`export-batches/${world.us.batchOfAnother}`)).body['status']).to.equal('finished')
  })

  it("lists only their own exports to sourcers, and everyone's to admins", async () => {
    const list = ofOrganizations.filter((operation) => nameOf(operation) === 'GET /api/v1/exports')
    await forEachOf(list, nameOf, async (operation) => {
      expect((await world.ask(operation, { as: world.us.sourcer, query: '?limit=100' })).text).not.to.contain(world.us.exportOfAnother)
      expect((await world.ask(operation, { as: world.us.admin, query: '?limit=100' })).text).to.contain(world.us.exportOfAnother)
    })
    expect(list).to.have.length(1)
  })

  describe('between organizations', () => {
    it('lists nothing of another organization', async () => {
      const lists = ofOrganizations.filter((operation) => isList(operation) && !operation.path.includes('{'))
      await forEachOf(lists, nameOf, async (operation) => {
        const answer = await world.ask(operation, { as: world.them, query: '?limit=100' })

        expect(answer.status).to.equal(200)
        for (const id of [...Object.values(world.us.objects), world.us.exportOfAnother]) expect(answer.text).not.to.contain(id)
        expect(answer.text).not.to.contain(world.us.word)
      }) // prettier-ignore
    })

    it('answers 404 for objects of another organization, and leaves them unchanged', async () => {
      const naming = ofOrganizations.filter(namesAnOwnThing).toSorted(byHarm)
      expect(naming.length).to.be.at.least(12)
      const before = await snapshotOf(world.us.id)
      expect(Object.keys(before).length).to.be.at.least(200)

      await forEachOf(naming, nameOf, async (operation) => {
        for (const as of [world.them, world.them.admin]) {
          const right = await world.rightQuestion(operation, world.them)
          const answer = await world.ask(operation, { ...right, as, path: world.pathOf(operation, world.us) })
          if (!makesOwn(operation)) expect(answer.status, answer.text.slice(0, 200)).to.equal(404)
          expect(answer.text).not.to.contain(world.us.id).and.not.to.contain(world.us.word)
        }
      }, 1) // prettier-ignore

      expect(changesBetween(before, await snapshotOf(world.us.id))).to.deep.equal([])
    })

    it('finds each of these objects for their own organization', async () => {
      await forEachOf(ofOrganizations.filter((operation) => namesAnOwnThing(operation) && !isWrite(operation)), nameOf, async (operation) => {
        expect((await world.ask(operation)).status).to.equal(200)
      }) // prettier-ignore
    })

    it("treats another organization's id in a query or a body as unknown", async () => {
      const before = await snapshotOf(world.us.id)
      const candidateId = world.us.objects['/api/v1/candidates/'] ?? ''

      await forEachOf(ofOrganizations, nameOf, async (operation) => {
        if (operation.parameters.some((parameter) => parameter.in === 'query' && parameter.name === 'candidateId')) {
          expectNothing(await world.ask(operation, { as: world.them, query: `?candidateId=${candidateId}` }))
        }
        const body = (await world.bodyOf(operation, world.them)) as Record<string, unknown> | undefined
        if (!body || !('candidateId' in body)) return
        const answer = await world.ask(operation, { as: world.them, json: { ...body, candidateId } })
        expect(answer.text).to.contain('candidate_not_found').and.not.to.contain(world.us.word)
        if (!operation.path.endsWith('/preview')) expect(answer.status).to.equal(422)
      })

      expect(changesBetween(before, await snapshotOf(world.us.id))).to.deep.equal([])
    })
  })
})

/** Deletions come first. Operations that create an object under the same name come last, because the object can be found from then on. */
function byHarm(one: Operation, other: Operation): number {
  return turnOf(one) - turnOf(other)
}

function turnOf(operation: Operation): number {
  if (makesOwn(operation)) return 2
  return operation.method === 'DELETE' ? 0 : 1
}

/** True if the name in the path may exist in several organizations: the call then creates an object of the caller's organization. */
function makesOwn({ name }: Operation): boolean {
  return ['PUT /api/v1/users/{email}', 'PUT /api/v1/export-rules/{name}', 'POST /api/v1/conversations/{externalId}/messages'].includes(name)
}

/** The fields that name the person who acts. */
function speakers(fields: Record<string, unknown> = {}): string[] {
  return ['requestedBy', 'author'].filter((name) => name in fields)
}

function expectNothing(answer: RawAnswer): void {
  if (answer.status === 200) expect((JSON.parse(answer.text) as { data: unknown[] }).data).to.deep.equal([])
  else expect(problemOf(answer).code).to.equal('candidate_not_found')
}

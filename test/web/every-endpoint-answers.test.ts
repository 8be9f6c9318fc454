/** Walks the OpenAPI document: valid calls succeed as documented, lists can be paged through, and a repeated POST does nothing twice. */
import { expect } from 'chai'
import { AuditEventModel } from '../../src/audit/audit-event-model.ts'
import { ExportModel } from '../../src/export/export-model.ts'
import { eventually } from '../support/eventually.ts'
import { SOURCER, waitForBatch, waitForEnd } from '../support/service.ts'
import { isKeyed, isList, nameOf, takesJson, type Operation } from './hostile/api-document.ts'
import { problemOf } from './hostile/answer-rules.ts'
import type { RawAnswer } from './hostile/raw-request.ts'
import { snapshotOf } from './hostile/snapshot.ts'
import { forEachOf, startWorld, type Question, type World } from './hostile/world.ts'

const ok = (answer: RawAnswer): boolean => answer.status >= 200 && answer.status < 300

describe('every endpoint: responses', function () {
  this.timeout(120_000)
  let world: World

  before(async () => {
    world = await startWorld()
  })
  after(() => world.stop())

  describe('lists', () => {
    const pageOf = async (operation: Operation, query: string): Promise<{ data: unknown[]; nextCursor: string | null }> => {
      const answer = await world.ask(operation, { query })
      expect(answer.status).to.equal(200)
      return JSON.parse(answer.text) as { data: unknown[]; nextCursor: string | null }
    }

    it('return every item once, with any page size', async () => {
      await forEachOf(world.operations.filter(isList), nameOf, async (operation) => {
        const whole = await walk((cursor) => pageOf(operation, `?limit=100${cursor}`))
        expect(whole.length, 'items to walk through').to.be.at.least(2)

        for (const limit of [1, 3]) {
          const parts = await walk((cursor) => pageOf(operation, `?limit=${limit}${cursor}`), limit)
          expect(parts.map(identityOf)).to.deep.equal(whole.map(identityOf))
        }
        expect(new Set(whole.map(identityOf)).size).to.equal(whole.length)
      }) // prettier-ignore
    })
  })

  describe('Idempotency-Key', () => {
    /** Operations that also accept a file have tests of their own. */
    const isKeyedJson = (operation: Operation): boolean => isKeyed(operation) && takesJson(operation)
    /** Always uses the same API key, because an Idempotency-Key belongs to its caller. */
    const post = async (operation: Operation, key: string, json: unknown): Promise<RawAnswer> => {
      const caller = operation.audience === 'operator' ? {} : { authorization: `Bearer ${world.us.keys[0]}` }
      return world.ask(operation, { json, headers: { 'idempotency-key': key, ...caller } })
    }

    it('is accepted by every POST that creates something', () => {
      const making = world.operations.filter(({ method, answers }) => method === 'POST' && '201' in answers)

      expect(making.length).to.be.at.least(5)
      expect(making.filter((operation) => !isKeyed(operation)).map(nameOf)).to.deep.equal([])
    })

    it('returns the first result again, and refuses another body', async () => {
      await forEachOf(world.operations.filter(isKeyedJson), nameOf, async (operation) => {
        const json = (await world.bodyOf(operation)) as Record<string, unknown>
        const first = await post(operation, `again ${operation.name}`, json)
        if (operation.path === '/api/v1/exports') await waitForEnd(world.us.api, String(lasting(first)['id']))
        if (operation.path === '/api/v1/exports/bulk') await waitForBatch(world.us.api, String(lasting(first)['batchId']))
        await eventually('all that ended is in the audit trail', async () => (await endedIn(world)) === (await toldEndsIn(world)))
        const before = await countsOf(world)
        const again = await post(operation, `again ${operation.name}`, reversed(json))
        const other = await post(operation, `again ${operation.name}`, changed(json))

        expect(ok(first), first.text).to.equal(true)
        expect(first.headers['idempotent-replayed']).to.equal(undefined)
        expect([again.status, again.headers['idempotent-replayed']]).to.deep.equal([first.status, 'true'])
        expect(lasting(again)).to.deep.equal(lasting(first))
        expect([other.status, problemOf(other).code]).to.deep.equal([422, 'idempotency_key_reused'])
        expect(await countsOf(world)).to.deep.equal(before)
      }, 1) // prettier-ignore
    })

    it('lets one of two concurrent requests through', async () => {
      await forEachOf(world.operations.filter(isKeyedJson), nameOf, async (operation) => {
        const json = await world.bodyOf(operation)
        const answers = await Promise.all(Array.from({ length: 4 }, () => post(operation, `at once ${operation.name}`, json)))

        const first = answers.filter((answer) => answer.headers['idempotent-replayed'] === undefined)
        expect(first).to.have.length(1)
        expect(new Set(answers.map((answer) => JSON.stringify([answer.status, lasting(answer)])))).to.have.length(1)
      }) // prettier-ignore
    })

    it('must be printable ASCII of limited length', async () => {
      await forEachOf(world.operations.filter(isKeyedJson), nameOf, async (operation) => {
        for (const key of ['x'.repeat(256), '\u00e9', ' '.repeat(3) + '\u00ff']) {
          const answer = await world.ask(operation, { json: await world.bodyOf(operation), headers: { 'idempotency-key': key } })
          expect(problemOf(answer).errors?.[0]?.path).to.equal('header.Idempotency-Key')
        }
      }) // prettier-ignore
    })
  })

  describe('finally', () => {
    const expectSuccess = async (operation: Operation, path?: string): Promise<void> => {
      const right: Question = { ...(await world.rightQuestion(operation)), ...(path === undefined ? {} : { path }) }
      const answer = await world.ask(operation, right)
      expect(ok(answer), `${answer.status} ${answer.text.slice(0, 300)}`).to.equal(true)
    }
    const OF_WAITING = ['POST /api/v1/exports/{id}/cancel', 'POST /api/v1/exports/{id}/retry']

    it('cancels a waiting export, and retries it', async () => {
      await world.service.lever.fault({ kind: 'slow', delayMs: 3000, match: { path: '^/opportunities' }, times: 1000 })
      const waiting = await queuedExport(world)

      for (const name of OF_WAITING) {
        const operation = world.operations.find((other) => other.name === name)
        if (operation) await expectSuccess(operation, operation.path.replace('{id}', waiting))
        else expect.fail(`${name} is gone`)
      }
      await world.service.lever.clearFaults()
    })

    it('succeeds for every valid request, with the documented body', async () => {
      const rest = world.operations.filter(({ name }) => !OF_WAITING.includes(name)).toSorted(byHarm)
      expect(rest.length).to.be.at.least(50)

      await forEachOf(rest, nameOf, async (operation) => expectSuccess(operation), 1)
    })
  })
})

async function walk(page: (cursor: string) => Promise<{ data: unknown[]; nextCursor: string | null }>, limit = 100): Promise<unknown[]> {
  const items: unknown[] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const { data, nextCursor } = await page(cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`)
    expect(data.length).to.be.at.most(limit)
    if (nextCursor !== null) expect(data.length).to.equal(limit)
    items.push(...data)
    expect(items.length).to.be.below(1000)
    cursor = nextCursor
  }
  return items
}

function identityOf(item: unknown): unknown {
  const { id, email, userEmail } = item as Record<string, unknown>
  return id ?? email ?? userEmail ?? JSON.stringify(item)
}

/** Deletions come last, and the end of the connection after them. */
function byHarm(one: Operation, other: Operation): number {
  return harmOf(one) - harmOf(other)
}

function harmOf({ name, method }: Operation): number {
  if (name === 'DELETE /api/v1/connection') return 9
  if (method === 'DELETE') return name.endsWith('}') ? 8 : 7.5
  if (name.endsWith('/connection/pause')) return 7
  if (name.endsWith('/connection/activate')) return 6
  return 0
}

/** Requests more exports than run at once while Lever is slow, and returns the newest. */
async function queuedExport({ us }: World): Promise<string> {
  const asked = await Promise.all(
    Array.from({ length: 24 }, async () =>
      us.api.post<{ id: string }>('exports', { candidateId: await us.candidate(), requestedBy: SOURCER }),
    ),
  )
  const { data } = (await us.api.get<{ data: { id: string }[] }>('exports?status=queued')).body
  expect(asked.every(({ status }) => status === 202)).to.equal(true)
  const [newest] = data
  return newest ? newest.id : expect.fail('no export waits')
}

/** Finished exports; the audit trail records each a moment later. */
async function endedIn({ us }: World): Promise<number> {
  return ExportModel.countDocuments({ organization: us.id, finishedAt: { $type: 'date' } })
}

async function toldEndsIn({ us }: World): Promise<number> {
  return AuditEventModel.countDocuments({ organization: us.id, action: /^export\.(exported|linked|duplicate|failed)$/ })
}

/** Number of documents of the organization in each collection. */
async function countsOf({ us }: World): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const key of Object.keys(await snapshotOf(us.id))) {
    const [collection = ''] = key.split('/')
    counts[collection] = (counts[collection] ?? 0) + 1
  }
  return counts
}

function reversed(body: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(body).toReversed())
}

/** A different body that is valid according to the schema. */
function changed(body: Record<string, unknown>): Record<string, unknown> {
  const [name, value] = Object.entries(body).find(([, member]) => typeof member === 'string') ?? []
  if (name === undefined) throw new Error('the body has no text to change')
  return { ...body, [name]: `${String(value)}x` }
}

/** The part of an answer that stays the same in a replay: the export itself may have progressed. */
function lasting({ text }: RawAnswer): Record<string, unknown> {
  const body = JSON.parse(text) as Record<string, unknown>
  return 'attempts' in body ? { id: body['id'], candidateId: body['candidateId'], createdAt: body['createdAt'] } : body
}

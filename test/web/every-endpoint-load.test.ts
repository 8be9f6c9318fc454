/** Sends a thousand valid and invalid requests from the OpenAPI document at once: the service answers all and keeps no memory of them. */
import { Agent } from 'node:http'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect } from 'chai'
import { assertWellFormed } from './hostile/answer-rules.ts'
import { isBelowApi, isWrite, takesJson, type Operation } from './hostile/api-document.ts'
import { NAMES_OF_NOTHING, NOT_JSON, NOT_JSON_TYPES, QUERY_VALUES, UNKNOWN_PARAMETERS } from './hostile/hostile-texts.ts'
import { sendAndLeave, sendRaw, type RawRequest } from './hostile/raw-request.ts'
import { mutationsOf } from './hostile/sample-values.ts'
import { eventually } from '../support/eventually.ts'
import { startWorld, type World } from './hostile/world.ts'

const REQUESTS = 1000
const WITHIN_MS = 60_000
const LEFT_BEHIND_BYTES = 8 * 1024 * 1024
/** Writes that are sent in a valid form. The others call Lever, which this test does not cover. */
const WRITES = ['POST /api/v1/candidates', 'PATCH /api/v1/candidates/{id}', 'PUT /api/v1/users/{email}', 'POST /api/v1/candidates/import', 'POST /webhooks/lever/{endpointKey}'] // prettier-ignore

setFlagsFromString('--expose_gc')
const collectGarbage = runInNewContext('gc') as () => void

describe('every endpoint: load', function () {
  this.timeout(120_000)
  let world: World
  let requests: { operation: Operation; request: RawRequest }[]

  before(async () => {
    world = await startWorld()
    requests = await mixedRequests(world)
  })
  after(() => world.stop())

  it(`answers ${REQUESTS} concurrent requests, and releases the memory they took`, async () => {
    await sendAll(world, requests)
    const before = await leastMemoryInUse()

    const since = performance.now()
    const statuses = await sendAll(world, requests)

    expect(performance.now() - since).to.be.below(WITHIN_MS)

    for (const status of [200, 201, 400, 401, 403, 404, 405, 406, 413, 415, 422]) expect(statuses).to.include(status)
    await eventually('the memory is released', () => memoryInUse() - before < LEFT_BEHIND_BYTES, 30_000)
  })

  it('keeps serving after clients disconnect', async () => {
    const writes = world.operations.filter(isWrite)
    await Promise.all(
      Array.from({ length: 200 }, async (_, at) => {
        const operation = writes[at % writes.length] as Operation
        const headers = { 'content-type': Object.keys(operation.body)[0] ?? 'application/json', 'content-length': '100000' }
        await sendAndLeave(world.service.url, world.requestFor(operation, { headers }), at % 3 === 0 ? '' : '{"name":')
      }),
    )

    expect((await world.us.api.get('connection')).status).to.equal(200)
    expect((await world.us.api.get('candidates')).status).to.equal(200)
  })
})

/** Checks every answer against the rules, and keeps only the statuses. */
async function sendAll(world: World, requests: { operation: Operation; request: RawRequest }[]): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: REQUESTS })
  const answered = requests.map(async ({ operation, request }) => {
    const answer = await sendRaw(world.service.url, request, agent)
    assertWellFormed(`${request.method} ${request.path.slice(0, 200)}`, answer)
    if (answer.status >= 400 && operation.name.startsWith(request.method)) world.rules.assertDocumented(operation, answer)
    return answer.status
  })
  const statuses = await Promise.all(answered)
  agent.destroy()
  return statuses
}

/** The minimum within one second, because work behind the answers may still run. */
async function leastMemoryInUse(): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (let look = 0; look < 4; look += 1) {
    await new Promise((resolve) => setTimeout(resolve, 250))
    least = Math.min(least, memoryInUse())
  }
  return least
}

/** Memory on the heap and in buffers, after a garbage collection. */
function memoryInUse(): number {
  collectGarbage()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

/** Chooses the same requests each time, with a linear congruential generator. */
async function mixedRequests(world: World): Promise<{ operation: Operation; request: RawRequest }[]> {
  let state = 20_260_131
  const pick = <T>(among: readonly T[]): T => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    return among[Math.floor((state / 2 ** 31) * among.length)] as T
  }
  const kinds = await requestKinds(world, pick)
  return Array.from({ length: REQUESTS }, () => pick(kinds)())
}

type Pick = <T>(among: readonly T[]) => T
type MakeRequest = () => { operation: Operation; request: RawRequest }

async function requestKinds(world: World, pick: Pick): Promise<MakeRequest[]> {
  const { operations, us } = world
  const api = operations.filter(isBelowApi)
  const reads = operations.filter(({ method }) => method === 'GET')
  const writes = api.filter(takesJson)
  const right = await Promise.all(
    operations.filter(({ name }) => WRITES.includes(name)).map(async (operation) => ({ operation, question: await world.rightQuestion(operation) })),
  ) // prettier-ignore
  const mutations = (await Promise.all(writes.map(async (operation) => mutatedRequests(world, operation)))).flat()
  const of = (operation: Operation, question: Parameters<World['requestFor']>[1]) => ({
    operation,
    request: world.requestFor(operation, question),
  })
  const json = { 'content-type': 'application/json' }

  const isRight: MakeRequest[] = [
    () => of(pick(reads), {}),
    () => of(pick(reads), {}),
    () => of(pick(reads.filter(isBelowApi)), { as: pick([us, us.admin, world.them]) }),
    () => {
      const { operation, question } = pick(right)
      return of(operation, question)
    },
    () => of(pick(api.filter(({ audience, method }) => audience === 'sourcer' && method === 'GET')), { as: us.sourcer }),
  ]
  const isWrong: MakeRequest[] = [
    () => pick(mutations),
    () => pick(mutations),
    () => of(pick(writes), { body: pick(Object.values(NOT_JSON)), headers: json }),
    () => of(pick(writes), { body: '{}', headers: { 'content-type': pick(NOT_JSON_TYPES) } }),
    () => of(pick(writes), { body: `"${'x'.repeat(1_100_000)}"`, headers: json }),
    () => of(pick(api), { query: `?${pick(Object.keys(UNKNOWN_PARAMETERS))}` }),
    () => of(pick(reads.filter(isBelowApi)), { query: `?limit=${pick(QUERY_VALUES)}&q=${pick(QUERY_VALUES)}` }),
    () => of(pick(api), { as: 'nobody' }),
    () => of(pick(api.filter(({ audience }) => audience === 'admin')), { as: us.sourcer }),
    () => of(pick(api), { headers: { accept: 'image/png' } }),
    () => of(pick(reads.filter(({ path }) => path.includes('{id}'))), { path: `/api/v1/candidates/${pick(NAMES_OF_NOTHING)}` }),
    () => of({ ...pick(reads), method: 'PATCH' }, { path: '/api/v1/exports' }),
  ]
  return [...isRight, ...isRight, ...isWrong]
}

async function mutatedRequests(world: World, operation: Operation): Promise<{ operation: Operation; request: RawRequest }[]> {
  const schema = operation.body['application/json']?.schema ?? {}
  const all = mutationsOf(world, schema, await world.bodyOf(operation))
  const wrong = all.filter(
    ({ isNeverRight, body }) => isNeverRight || world.rules.faultOf(schema, JSON.parse(JSON.stringify(body))) !== null,
  )
  return wrong.map(({ body }) => ({ operation, request: world.requestFor(operation, { json: body }) }))
}

/** Walks the OpenAPI document with queries and with names in paths. */
import { expect } from 'chai'
import { isBelowApi, isList, nameOf, namesInPath, takesFile, type Operation } from './hostile/api-document.ts'
import { expectNamed } from './hostile/answer-rules.ts'
import { NAMES_OF_NOTHING, QUERY_VALUES, UNKNOWN_PARAMETERS } from './hostile/hostile-texts.ts'
import { forEachOf, startWorld, type World } from './hostile/world.ts'

/** Operations whose name in the path can be chosen freely. */
const UNDER_ANY_NAME = ['PUT /api/v1/export-rules/{name}', 'POST /api/v1/conversations/{externalId}/messages']

describe('every endpoint: query and path parameters', function () {
  this.timeout(120_000)
  let world: World
  let operations: Operation[]

  before(async () => {
    world = await startWorld()
    operations = world.operations.filter(isBelowApi)
  })
  after(() => world.stop())

  describe('query', () => {
    it('refuses each unknown parameter by name', async () => {
      await forEachOf(operations, nameOf, async (operation) => {
        for (const [query, path] of Object.entries(UNKNOWN_PARAMETERS))
          expectNamed(await world.ask(operation, { query: `?${query}` }), path)
      })
    })

    it('refuses parameters that are repeated, and values that differ from the document', async () => {
      const documented = operations.flatMap((operation) =>
        operation.parameters.filter(({ in: place }) => place === 'query').map((parameter) => ({ operation, parameter })),
      )
      expect(documented.length).to.be.at.least(30)

      await forEachOf(documented, ({ operation, parameter }) => `${operation.name}?${parameter.name}`, async ({ operation, parameter: { name, schema } }) => {
        expectNamed(await world.ask(operation, { query: `?${name}=1&${name}=1` }), `query.${name}`)
        for (const value of QUERY_VALUES) {
          const answer = await world.ask(operation, { query: `?${name}=${value}` })
          const text = new URLSearchParams(`v=${value}`).get('v') ?? ''
          const isRight = readingsOf(text).some((read) => world.rules.faultOf(schema, read) === null)
          if (!isRight) expectNamed(answer, `query.${name}`)
          else expect(answer.status).to.be.oneOf([200, 422, ...(takesFile(operation) ? [415] : [])])
        }
        expectNamed(await world.ask(operation, { query: `?${name}=${'a'.repeat(12_000)}` }), `query.${name}`)
      }) // prettier-ignore
    })

    it('refuses a limit outside of 1 to 100 and cursors that are not its own', async () => {
      const lists = operations.filter(isList)
      expect(lists.length).to.be.at.least(12)

      await forEachOf(lists, nameOf, async (operation) => {
        for (const limit of ['0', '101', 'abc', '-1', '1.5', '1e1', '010', ' 1', '']) {
          expectNamed(await world.ask(operation, { query: `?limit=${encodeURIComponent(limit)}` }), 'query.limit')
        }
        for (const cursor of ['', 'abc', 'null', '0', world.us.id, 'eyJfaWQiOnsiJGd0IjoiIn19', Buffer.from('{"$gt":""}').toString('base64url'), 'a'.repeat(200)]) {
          expectNamed(await world.ask(operation, { query: `?cursor=${cursor}` }), 'query.cursor')
        }
      }) // prettier-ignore
    })
  })

  it('finds nothing under names that do not exist', async () => {
    const naming = operations.filter((operation) => namesInPath(operation).length > 0 && !UNDER_ANY_NAME.includes(operation.name))
    expect(naming.length).to.be.at.least(14)

    await forEachOf(naming, nameOf, async (operation) => {
      const right = await world.rightQuestion(operation)
      for (const name of NAMES_OF_NOTHING) {
        const path = operation.path.replace(/\{\w+\}/, () => name)
        const answer = await world.ask(operation, { ...right, path, isUndocumented: true })
        expect(answer.status, `${name.slice(0, 30)}: ${answer.text.slice(0, 200)}`).to.be.oneOf([404, ...(operation.method === 'PUT' ? [422] : [])]) // prettier-ignore
      }
    })
  })
})

/** All values that the text of a query can represent. */
function readingsOf(text: string): unknown[] {
  return [text, ...(/^\d+$/.test(text) ? [Number(text)] : []), ...(text === 'true' || text === 'false' ? [text === 'true'] : [])]
}

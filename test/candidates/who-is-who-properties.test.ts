import { expect } from 'chai'
import * as fc from 'fast-check'
import { Types } from 'mongoose'
import { CandidateModel } from '../../src/candidates/candidate-model.ts'
import type { Candidates } from '../../src/candidates/candidates.ts'
import { Claims } from '../../src/candidates/who-is-who/claims.ts'
import { groupRows } from '../../src/candidates/who-is-who/group-rows.ts'
import { RowKeys } from '../../src/candidates/who-is-who/row-keys.ts'
import { identifyingValuesOf } from '../../src/candidates/who-is-who/identifying-values.ts'
import { contradict, personKeys } from '../../src/people/person-keys.ts'
import { candidatesAlone } from '../support/candidates.ts'
import { connectEmptyDatabase, leaveDatabase } from '../support/mongo.ts'

interface FileRow {
  name: string
  emails: string[]
  links: string[]
}

/** Few people, addresses, and pages, so that rows meet often; every row is complete. */
const row: fc.Arbitrary<FileRow> = fc.record({
  name: fc.constantFrom('Ann', 'Ánn', 'Bob', 'Cyd'),
  emails: fc.uniqueArray(fc.constantFrom('k@a.example', 'l@a.example', 'L@A.example', 'm@a.example', 'info@a.example'), { minLength: 1, maxLength: 2 }),
  links: fc
    .tuple(
      fc.option(fc.constantFrom('https://www.linkedin.com/in/one', 'https://es.linkedin.com/in/ONE/en', 'https://www.linkedin.com/in/two', 'https://www.linkedin.com/in/three')),
      fc.option(fc.constantFrom('https://github.com/one', 'https://github.com/Two?tab=stars', 'https://github.com/acme/product')),
      fc.option(fc.constantFrom('https://acme.example', 'https://www.linkedin.com/company/acme')),
    )
    .map((links) => links.filter((link) => link !== null)),
}) // prettier-ignore
const file = fc.array(row, { minLength: 1, maxLength: 9 })
const shuffledFile = file.chain((rows) =>
  fc.tuple(
    fc.constant(rows),
    fc.shuffledSubarray(
      rows.map((_, at) => at),
      { minLength: rows.length },
    ),
  ),
)

async function peopleOf(rows: readonly FileRow[]): Promise<number[][]> {
  const keys = new RowKeys()
  for (const one of rows) keys.add(identifyingValuesOf(one))
  const groups = await groupRows(keys, new Claims(keys))
  return rows.flatMap((_, at) => (groups.groupOf(at) === at ? [[...groups.rowsOf(at)]] : []))
}
const profilesOf = (one: FileRow) => personKeys(one).profiles
const inOrder = (people: number[][]) => people.map((person) => person.toSorted((a, b) => a - b).join(' ')).toSorted()

describe('matching people, whatever a file contains', () => {
  it('does not depend on the order of the rows', async () => {
    await fc.assert(
      fc.asyncProperty(shuffledFile, async ([rows, order]) => {
        const shuffled = await peopleOf(order.map((at) => rows[at] as FileRow))
        const people = shuffled.map((person) => person.map((at) => order[at] ?? -1))
        expect(inOrder(people)).to.deep.equal(inOrder(await peopleOf(rows)))
      }),
      { numRuns: 3000 },
    )
  })

  it('never merges two people with different profiles on one site', async () => {
    await fc.assert(
      fc.asyncProperty(file, async (rows) => {
        for (const person of await peopleOf(rows)) {
          for (const [one, other] of person.flatMap((a) => person.map((b) => [rows[a], rows[b]] as const))) {
            expect(contradict(profilesOf(one as FileRow), profilesOf(other as FileRow))).to.equal(false)
          }
        }
      }),
      { numRuns: 3000 },
    )
  })

  describe('in the database', () => {
    let candidates: Candidates

    before(async () => {
      await connectEmptyDatabase()
      candidates = candidatesAlone()
    })
    after(leaveDatabase)

    async function importRows(organization: string, rows: readonly FileRow[]) {
      const lines = rows.map(({ name, emails, links }) => `${name},${emails.join(';')},${links.join(';')}`)
      const bytes = Buffer.from(['name,emails,links', ...lines, ''].join('\n'))
      const { importId } = await candidates.importFile(organization, (async function* () { yield bytes })(), { actor: 'user:1' }) // prettier-ignore
      const { created, updated, rejected } = await candidates.getImport(organization, importId, undefined)
      return { created, updated, rejected }
    }

    it('creates nobody in the second run, the same number in any order, and merges nobody', async () => {
      await fc.assert(
        fc.asyncProperty(fc.option(file), shuffledFile, async (before, [rows, order]) => {
          const [organization, other] = [new Types.ObjectId().toHexString(), new Types.ObjectId().toHexString()]
          if (before) await importRows(organization, before)
          const first = await importRows(organization, rows)
          const second = await importRows(organization, rows)

          expect(second).to.deep.equal({ created: 0, updated: rows.length, rejected: [] })
          for (const { linkKeys } of await CandidateModel.find({ organization }).lean()) {
            expect(linkKeys.filter((key) => key.startsWith('linkedin.com/in/'))).to.have.length.at.most(1)
          }
          if (before) return
          const shuffled = await importRows(
            other,
            order.map((at) => rows[at] as FileRow),
          )
          expect(shuffled).to.deep.equal(first)
        }),
        { numRuns: 30 },
      )
    }).timeout(90_000)
  })
})

import { createReadStream } from 'node:fs'
import { expect } from 'chai'
import { openCsv, type CsvCandidate } from '../../src/candidates/csv/csv-candidates.ts'

describe('sample candidate file', () => {
  const rows: CsvCandidate[] = []

  before(async () => {
    const file = await openCsv(createReadStream('scripts/samples/candidates.csv'))
    for await (const row of file.rows) rows.push(row)
  })

  const inputs = () => rows.flatMap((row) => ('input' in row ? [row.input] : []))

  it('has 25 people, including one without contact data, and shows the supported columns', () => {
    expect(inputs()).to.have.length(25)
    expect(inputs().filter(({ emails, links }) => !emails && !links)).to.have.length(1)
    expect(inputs().filter(({ emails, links }) => !emails && links)).to.have.length(2)
    expect(inputs().filter(({ emails }) => emails?.length === 2)).to.have.length(2)
    expect(inputs().filter(({ summary }) => summary?.includes('\n'))).to.have.length(1)
    expect(inputs().find(({ name }) => name === 'Grace Hopper')?.emails).to.deep.equal(['grace.hopper@navy.example'])
    for (const script of [/\p{Script=Arabic}/u, /\p{Script=Han}/u, /ñ/, /\p{Extended_Pictographic}/u]) {
      expect(inputs().some(({ name = '', headline }) => script.test(name + (headline ?? '')))).to.equal(true)
    }
  })

  it('names fictional people only', () => {
    const hosts = inputs().flatMap(({ emails, links }) => [
      ...(emails ?? []).map((email) => email.split('@')[1] ?? ''),
      ...(links ?? []).map((link) => new URL(link).hostname),
    ])

    expect(hosts.filter((host) => !host.endsWith('.example'))).to.deep.equal([])
  })
})

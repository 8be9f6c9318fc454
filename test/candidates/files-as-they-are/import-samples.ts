import { expect } from 'chai'
import { SOURCE, startService, type Api, type ServiceForTests } from '../../support/service.ts'
import { LEVER_ADMIN } from '../../support/lever.ts'
import { CONTRADICTED, NEW_ID, SEVERAL } from '../../../src/candidates/who-is-who/row-warnings.ts'
import type { CandidateView } from '../../../src/candidates/candidate-view.ts'
import type { CandidateInput } from '../../../src/candidates/candidate-input.ts'
import type { CsvPreview } from '../../../src/candidates/preview-csv.ts'
import { visit } from '../../web/pages/visitor.ts'
import type { Person, Remark, SampleFile, SampleFiles } from './sample-file.ts'

const FEWEST = 5

interface Outcome {
  created: number
  updated: number
  rejected: Remark[]
  warnings: Remark[]
  ignoredColumns: string[]
}

/** Tests that each file of each kind gives its result by the API, in previews, and on the page. */
export function testSamples(kinds: Record<string, SampleFiles>): void {
  let service: ServiceForTests

  before(async () => {
    service = await startService()
  })
  after(() => service.stop())

  for (const [kind, files] of Object.entries(kinds)) {
    describe(kind, () => {
      let page: ImportPage
      before(async () => {
        page = await openImportPage(service.url, (await service.organization()).api)
      })

      it(`has at least ${FEWEST} files`, () => {
        expect(Object.keys(files).length).to.be.at.least(FEWEST)
      })

      for (const [name, sample] of Object.entries(files)) {
        it(`${name}: API, preview, and page give the same, correct result`, async () => {
          const right = rightOutcome(sample)

          const [{ preview, outcome, people, again }, onPage] = await Promise.all([
            importByApi(service, name, sample.file),
            page.send(sample.file),
          ])

          expect(outcome).to.deep.equal(right)
          expect(people).to.deep.equal(byName(sample.people))
          expectPreview(preview, right, people)
          expect(again).to.deep.include({ created: 0, updated: right.created + right.updated, rejected: right.rejected })
          expect(onPage).to.deep.equal({ ...right, previewed: preview.columns.map(({ field }) => field !== null) })
        })
      }
    })
  }
}

function rightOutcome({ people, updated = 0, rejected = [], warnings = [], ignoredColumns = [] }: SampleFile): Outcome {
  return { created: people.length, updated, rejected, warnings, ignoredColumns }
}

type Remarks = { line: number; message: string }[]

function outcomeOf({ created, updated, rejected, warnings, ignoredColumns }: Record<string, unknown>): Outcome {
  const remarks = (given: unknown): Remark[] => (given as Remarks).map(({ line, message }) => [line, message])
  return {
    created: created as number,
    updated: updated as number,
    rejected: remarks(rejected),
    warnings: remarks(warnings),
    ignoredColumns: ignoredColumns as string[],
  }
}

/** Into an organization of its own: the preview, the import, who is there then, and the import of the same file again. */
async function importByApi(service: ServiceForTests, name: string, file: string | Buffer) {
  const { body } = await service.operator.post<{ apiKey: string }>('organizations', { name, sourceName: SOURCE })
  const send = sender(service.url, body.apiKey, file)
  const preview = await send<CsvPreview>('candidates/import/preview')
  const outcome = outcomeOf(await send('candidates/import'))
  const people = await peopleOf(service.api(body.apiKey))
  return { preview, outcome, people, again: outcomeOf(await send('candidates/import')) }
}

function sender(url: string, apiKey: string, file: string | Buffer) {
  return async <T = Record<string, unknown>>(path: string): Promise<T> => {
    const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'text/csv' }
    const answer = await fetch(`${url}/api/v1/${path}`, { method: 'POST', headers, body: new Uint8Array(Buffer.from(file)) })
    const body = await answer.text()
    expect(answer.status, body).to.equal(200)
    return JSON.parse(body) as T
  }
}

async function peopleOf(api: Api): Promise<Person[]> {
  return byName((await api.get<{ data: CandidateView[] }>('candidates')).body.data.map(personOf))
}

/** The values that a person has, in the form of the samples. */
function personOf(candidate: CandidateView | CandidateInput): Person {
  const { externalId, name = '', headline, location, emails, phones, links, tags, summary, project, stage, profileUrl } = candidate
  const numbers = phones?.map(({ type, value }) => (type ? `${type} ${value}` : value))
  const all = { externalId, name, headline, location, emails, phones: numbers, links, tags, summary, project, stage, profileUrl }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined && value?.length !== 0)) as unknown as Person
}

function byName(people: readonly Person[]): Person[] {
  const sortKey = ({ name, emails, links }: Person): string => JSON.stringify([name, emails, links])
  return people.toSorted((one, other) => (sortKey(one) < sortKey(other) ? -1 : 1))
}

const DOUBTS = [CONTRADICTED, NEW_ID, SEVERAL]

/** A preview judges each of the first rows alone. Whose row it is, and what an earlier row said, only the import tells. */
function expectPreview({ columns, rows }: CsvPreview, right: Outcome, people: readonly Person[]): void {
  const last = rows.at(-1)?.line ?? 0
  const upToLast = (remarks: Remark[]): Remark[] => remarks.filter(([line]) => line <= last)

  expect(columns.flatMap(({ header, field }) => (header !== '' && field === null ? [header] : []))).to.deep.equal(right.ignoredColumns)
  expect(rows.flatMap(({ line, message }) => (message === null ? [] : [[line, message]]))).to.deep.equal(upToLast(right.rejected))
  const ownWarnings = upToLast(right.warnings).filter(([, message]) => !DOUBTS.includes(message))
  expect(rows.flatMap(({ line, warnings }) => warnings.map((text) => [line, text]))).to.deep.equal(ownWarnings)
  const shown = rows.flatMap(({ candidate }) => (candidate === null ? [] : [personOf(candidate)]))
  if (shown.length < right.created + right.updated) return // a preview has the first rows only
  if (right.updated === 0) expect(byName(shown)).to.deep.equal(people)
  else if (people.length === 1) expect([Object.assign({}, ...shown)]).to.deep.equal(people)
}

interface ImportPage {
  /** `previewed` says of each column whether the preview shows it as read. */
  send(file: string | Buffer): Promise<Outcome & { previewed: boolean[] }>
}

/** The page in the browser of an admin, without scripts. Its files are imported into one organization, so they need people of their own. */
async function openImportPage(url: string, api: Api): Promise<ImportPage> {
  const ana = await visit(url, api, LEVER_ADMIN)
  const token = /name="csrf-token" content="([^"]+)"/.exec((await ana.open('/candidates/import')).html)?.[1] ?? ''
  const cookie = await ana.jar.getCookieString(url)

  async function post(path: string, file: string | Buffer): Promise<Response> {
    const form = new FormData()
    form.append('_csrf', token)
    form.append('file', new File([new Uint8Array(Buffer.from(file))], 'people'))
    return fetch(`${url}${path}`, { method: 'POST', body: form, redirect: 'manual', headers: { accept: 'text/html', cookie } })
  }

  return {
    async send(file) {
      const preview = await (await post('/candidates/import/preview', file)).text()
      const answer = await post('/candidates/import', file)
      expect(answer.status, await answer.text()).to.equal(303)
      const { html } = await ana.open(answer.headers.get('location') ?? '')
      const previewed = rowsIn(tableIn(preview, 'How the file is read')).map(([, becomes]) => becomes !== 'Not imported')
      return { ...outcomeIn(html), previewed }
    },
  }
}

function outcomeIn(html: string): Outcome {
  const facts = factsIn(html)
  const [rejected, warnings] = [remarksIn(html, 'Rejected rows'), remarksIn(html, 'Rows to check')]
  expect([facts['Rejected'], facts['To check'] ?? 0]).to.deep.equal([rejected.length, warnings.length])
  return {
    created: facts['Added'] ?? NaN,
    updated: facts['Updated'] ?? NaN,
    rejected,
    warnings,
    ignoredColumns: textsIn(/Columns that were not imported:(.*?)<\/p>/s.exec(html)?.[1] ?? '', 'code'),
  }
}

function factsIn(html: string): Record<string, number> {
  return Object.fromEntries([...html.matchAll(/<dt>(.*?)<\/dt><dd>(.*?)<\/dd>/g)].map(([, name = '', value]) => [name, Number(value)]))
}

function remarksIn(html: string, label: string): Remark[] {
  return rowsIn(tableIn(html, label)).map(([line = '', message = '']) => [Number(line), message])
}

function tableIn(html: string, label: string): string {
  return (
    html
      .split('<table')
      .find((table) => table.includes(`aria-label="${label}"`))
      ?.split('</table>')[0] ?? ''
  )
}

/** The texts of the cells of a table's rows, its head aside. */
function rowsIn(table: string): string[][] {
  return [...table.matchAll(/<tr\b.*?<\/tr>/gs)].map(([row]) => textsIn(row, 't[hd]')).slice(1)
}

function textsIn(html: string, element: string): string[] {
  return [...html.matchAll(new RegExp(`<${element}\\b[^>]*>(.*?)</`, 'gs'))].map(([, text = '']) => plain(text))
}

function plain(html: string): string {
  const text = html.replaceAll(/<[^>]*>/g, '')
  return text.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}

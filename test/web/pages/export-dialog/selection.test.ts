import { expect } from 'chai'
import { got } from 'got'
import type { CookieJar } from 'tough-cookie'
import { MOST_IN_BULK } from '../../../../src/export/bulk/request-bulk.ts'
import { newPerson, SOURCER, startService, type Api, type ServiceForTests } from '../../../support/service.ts'
import { visit, type Visitor } from '../visitor.ts'

const PEOPLE = 205
const ROWS = 50
const SELECTION = '/candidates/selection'
const OPEN = '/candidates/export/open'

describe('selection without JavaScript', function () {
  this.timeout(60_000)
  let service: ServiceForTests
  let api: Api
  let bo: Visitor
  /** Newest first, like the list. */
  let ids: string[]

  before(async () => {
    service = await startService()
    ;({ api } = await service.connected())
    const people = Array.from({ length: PEOPLE }, () => newPerson({ project: 'Search & find' }))
    for (const person of people) await api.post('candidates', person)
    bo = await visit(service.url, api, SOURCER)
    ids = await listed()
  })
  after(() => service.stop())

  const listed = async (cursor = ''): Promise<string[]> => {
    const { data, nextCursor } = (await api.get<{ data: { id: string }[]; nextCursor: string | null }>(`candidates?limit=100${cursor}`))
      .body
    return [...data.map(({ id }) => id), ...(nextCursor === null ? [] : await listed(`&cursor=${nextCursor}`))]
  }
  /** Presses a button of the form on the list, with the boxes of these people checked. */
  const press = async (
    page: string,
    to: string,
    ticked: readonly string[],
    button: Record<string, string> = {},
    jar: CookieJar = bo.jar,
  ) => {
    const fields = [...hiddenFields(page), ...ticked.map((id) => ['id', id] as const), ...Object.entries(button)]
    const body = new URLSearchParams(fields.map(([name, value]) => [name, value])).toString()
    const headers = { accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded' }
    const answer = await got.post(`${service.url}${to}`, { cookieJar: jar, body, headers, throwHttpErrors: false, retry: { limit: 0 } })
    return { status: answer.statusCode, html: answer.body }
  }
  const bulkExportOf = async (dialog: string) => {
    const candidateIds = valueOf(dialog, 'candidateIds')
    const { path } = await bo.send('/candidates/export', { candidateIds, postingId: '', requisitionId: '' })
    const [, batchId = ''] = /^\/exports\/batches\/(\w+)$/.exec(path) ?? []
    return exportedIn(batchId)
  }
  const exportedIn = async (batchId: string, cursor = ''): Promise<string[]> => {
    const { data, nextCursor } = (await api.get<{ data: { candidateId: string }[]; nextCursor: string | null }>(`exports?limit=100&batchId=${batchId}${cursor}`)).body // prettier-ignore
    return [
      ...data.map(({ candidateId }) => candidateId),
      ...(nextCursor === null ? [] : await exportedIn(batchId, `&cursor=${nextCursor}`)),
    ]
  }

  const onPage = (selection: readonly string[], from: number) => ids.slice(from, from + ROWS).filter((id) => selection.includes(id))

  it('of 21, 50, and 130 candidates over several pages is exported exactly', async () => {
    const selections = [
      ids.slice(0, 21),
      [...ids.slice(21, 30), ...ids.slice(60, 71), ...ids.slice(110, 140)],
      [...ids.slice(30, 60), ...ids.slice(71, 110), ...ids.slice(140, 201)],
    ]
    expect(selections.map(({ length }) => length)).to.deep.equal([21, 50, 130])
    for (const selection of selections) {
      let { html } = await bo.open('/candidates?project=Search+%26+find')
      for (let from = 0; from + ROWS < PEOPLE; from += ROWS)
        ({ html } = await press(html, SELECTION, onPage(selection, from), cursorOf(html)))
      const dialog = await press(html, OPEN, onPage(selection, 200))

      expect(dialog.html).to.include(`Export ${selection.length} candidates to Lever`)
      expect(await bulkExportOf(dialog.html)).to.have.members(selection)
    }
  })

  it('of 130 candidates can be changed on the way, and is checked in the boxes of each page', async () => {
    const first = (await bo.open('/candidates')).html
    const second = await press(first, SELECTION, ids.slice(0, 50), cursorOf(first))
    const third = await press(second.html, SELECTION, ids.slice(50, 100), cursorOf(second.html))
    const back = await press(third.html, SELECTION, ids.slice(100, 131), { cursor: '' })
    const dialog = await press(back.html, OPEN, ids.slice(1, 50))

    expect(third.html).to.include('100 selected on other pages.').and.include('href="/candidates">Clear selection<')
    expect(tickedIn(third.html)).to.deep.equal([])
    expect(tickedIn(back.html)).to.deep.equal(ids.slice(0, 50))
    expect(back.html).to.include('81 selected on other pages.')
    expect(valueOf(dialog.html, 'candidateIds').split(',')).to.have.members(ids.slice(1, 131))
  })

  it('keeps search and order from page to page', async () => {
    const first = (await bo.open('/candidates?q=test+person&project=Search+%26+find&exported=false&sort=name')).html
    const second = await press(first, SELECTION, [], cursorOf(first))

    for (const html of [first, second.html]) {
      expect(hiddenFields(html)).to.deep.include(['q', 'test person']).and.deep.include(['project', 'Search & find'])
      expect(hiddenFields(html)).to.deep.include(['exported', 'false']).and.deep.include(['sort', 'name'])
    }
  })

  it('is refused with an explanation if it is too long, and no part of it is exported', async () => {
    const first = (await bo.open('/candidates')).html
    const many = (count: number) => Array.from({ length: count }, (_, at) => at.toString(16).padStart(24, '0'))
    const before = (await api.get<{ data: unknown[] }>('exports?limit=1')).body.data

    for (const [to, button] of [
      [SELECTION, { cursor: '' }],
      [OPEN, {}],
    ] as const) {
      const over = await press(first, to, [...ids.slice(0, 2), ...many(MOST_IN_BULK)], button)
      expect([over.status, over.html.includes('More than 5000 candidates are selected')], to).to.deep.equal([422, true])
      const cut = await press(first, to, [...ids.slice(0, 2), ...many(9900)], button)
      expect([cut.status, cut.html.includes('larger than 256 KB')], to).to.deep.equal([413, true])
    }
    const fields = await press(first, OPEN, [], Object.fromEntries(many(11_000).map((id) => [id.slice(-4), ''])))
    expect([fields.status, fields.html.includes('at most 10000 fields')]).to.deep.equal([413, true])
    expect((await api.get<{ data: unknown[] }>('exports?limit=1')).body.data).to.deep.equal(before)
  })

  it('of a few hundred candidates fits in an address, and none is left out', async () => {
    const chosen = [...ids.slice(0, 100), ...Array.from({ length: 450 }, (_, at) => at.toString(16).padStart(24, '0'))]
    const short = Array.from({ length: 1100 }, (_, at) => `id=${at}`).join('&')

    const { html } = await bo.open(`/candidates/export?${chosen.map((id) => `id=${id}`).join('&')}`)
    const last = await bo.open(`/candidates/export?${short}&id=${ids[0]}`)

    expect(valueOf(html, 'candidateIds').split(',')).to.have.members(chosen)
    expect(last.html).to.include('1100 selected candidates no longer exist').and.include(ids[0])
  })
})

function formIn(html: string): string {
  return /<form [^>]*id="selection".*?<\/form>/s.exec(html)?.[0] ?? ''
}

function hiddenFields(html: string): [string, string][] {
  return [...formIn(html).matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [
    name,
    value.replaceAll('&amp;', '&'),
  ])
}

function cursorOf(html: string): { cursor: string } {
  const [, cursor = ''] = /name="cursor" value="([^"]+)"[^>]*>(?:Older|More) candidates</.exec(html) ?? []
  if (cursor === '') throw new Error('no button leads to the next page')
  return { cursor }
}

function tickedIn(html: string): string[] {
  return [...formIn(html).matchAll(/<input type="checkbox" name="id" value="([^"]*)"[^>]* checked/g)].map(([, id = '']) => id)
}

function valueOf(html: string, name: string): string {
  return new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1] ?? ''
}

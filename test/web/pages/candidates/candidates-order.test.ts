import { expect } from 'chai'
import { CandidateModel } from '../../../../src/candidates/candidate-model.ts'
import { findIds, listCandidates } from '../../../../src/candidates/list-candidates.ts'
import { candidateView } from '../../../../src/candidates/candidate-view.ts'
import type { CandidatesPageDeps } from '../../../../src/web/pages/candidates/candidates-routes.tsx'
import { connectEmptyDatabase, leaveDatabase } from '../../../support/mongo.ts'
import { startWeb, type RunningWeb } from '../../../support/web.ts'

/** In order of creation. */
const NAMES = ['Zoe Last', ...Array.from({ length: 30 }, () => ['Ana Same', 'ána same', 'ÁNA SAME']).flat(), 'Élan', 'elan', 'Bo First']

describe('order of candidates', () => {
  let web: RunningWeb
  let cookie: string
  /** Indexes in `NAMES`. */
  let ids: string[]

  before(async () => {
    await connectEmptyDatabase()
    const list: CandidatesPageDeps['list'] = async (organization, filters, clearance, request) => {
      const { data, nextCursor } = await listCandidates(organization, filters, clearance, request)
      return { data: data.map((candidate) => candidateView(candidate, 'all')), nextCursor }
    }
    web = await startWeb({ candidatesPage: { list, findIds, findExportBlocker: async () => null } })
    cookie = (await web.signIn('sam@acme.example', 'sourcer')).cookie
    const { organization } = web
    const made = await CandidateModel.insertMany(NAMES.map((name, at) => ({ organization, name, searchText: name.toLowerCase(), project: at % 2 === 0 ? 'P & Q' : 'p & q' }))) // prettier-ignore
    ids = made.map(({ _id }) => _id.toHexString())
  })
  after(async () => {
    await web.stop()
    await leaveDatabase()
  })

  const open = async (path: string, language = 'en') => {
    const response = await web.call('GET', path, { headers: { cookie, 'accept-language': language } })
    return { status: response.status, html: await response.text() }
  }
  const shownIn = (html: string) => [...html.matchAll(/name="id" value="(\w+)"/g)].map(([, id = '']) => ids.indexOf(id))
  const hrefOf = (html: string, words: string) =>
    (new RegExp(`<a href="([^"]+)"[^>]*>${words}</a>`).exec(html)?.[1] ?? '').replaceAll('&amp;', '&')
  const walk = async (path: string, more: string): Promise<number[]> => {
    const { html } = await open(path)
    const next = hrefOf(html, more)
    return next === '' ? shownIn(html) : [...shownIn(html), ...(await walk(next, more))]
  }

  const same = Array.from({ length: 90 }, (_, at) => at + 1)
  const byName = [...same, 93, 91, 92, 0]
  const byTime = NAMES.map((_, at) => at)

  it('sorts by name and by creation time, in both directions, across pages', async () => {
    expect(await walk('/candidates?sort=name', 'More candidates')).to.deep.equal(byName)
    expect(await walk('/candidates?sort=-name', 'More candidates')).to.deep.equal(byName.toReversed())
    expect(await walk('/candidates?sort=added', 'Newer candidates')).to.deep.equal(byTime)
    expect(await walk('/candidates', 'Older candidates')).to.deep.equal(byTime.toReversed())
  })

  it('is changed in the column header, which shows the current order', async () => {
    const newest = await open('/candidates?q=same')
    const named = await open(hrefOf(newest.html, 'Name'))
    const backwards = await open(hrefOf(named.html, 'Name'), 'es')

    expect(newest.html).to.match(/<th [^>]*aria-sort="descending"><a href="\/candidates\?q=same&amp;sort=added">Added</)
    expect(newest.html.match(/aria-sort/g)).to.have.length(1)
    expect(named.html).to.match(/<th [^>]*aria-sort="ascending"><a href="\/candidates\?q=same&amp;sort=-name">Name</)
    expect(named.html).to.contain('aria-label="Candidates by name, from A to Z"')
    expect(backwards.html).to.contain('aria-label="Candidatos por nombre, de la Z a la A"').and.contain('data-sort-by="Ordenar por"')
    expect(hrefOf(backwards.html, 'Alta')).to.equal('/candidates?q=same')
  })

  it('is kept by search, filters, projects, pages, and by the selection of all matches', async () => {
    const { html } = await open('/candidates?project=P+%26+Q&sort=name')
    const second = await open('/candidates?sort=name&cursor=' + new URL(hrefOf((await open('/candidates?sort=name')).html, 'More candidates'), web.url).searchParams.get('cursor')) // prettier-ignore

    expect(shownIn(html)).to.deep.equal(byName.filter((at) => at % 2 === 0))
    expect(html.match(/<input type="hidden" name="sort" value="name"/g)).to.have.length(1)
    expect(hrefOf(html, 'All projects')).to.equal('/candidates?sort=name')
    expect(hrefOf(html, 'P &amp; Q')).to.equal('/candidates?project=P+%26+Q&sort=name')
    expect(hrefOf(second.html, 'Back to the beginning')).to.equal('/candidates?sort=name')
    expect(second.html).to.contain('data-select-matching="/candidates/ids?sort=name" data-most="Only the first 5,000 in this order')
    const chosen = await web.call('GET', '/candidates/ids?sort=name&project=P+%26+Q', { headers: { cookie } })
    const { ids: selected } = (await chosen.json()) as { ids: string[] }
    expect(selected.map((id) => ids.indexOf(id))).to.deep.equal(byName.filter((at) => at % 2 === 0))
    expect((await open('/candidates?q=nobody&sort=added')).html).to.contain('<a href="/candidates?sort=added" role="button"')
  })

  it('refuses invalid values, and the cursor of another order', async () => {
    for (const nonsense of ['sort=email', 'sort=%00', 'sort=name&sort=-name', 'sort[$gt]=name', 'Sort=name', 'q=%00', 'project=%00'])
      expect(await open(`/candidates?${nonsense}`), nonsense).to.include({ status: 422 })
    expect((await open('/candidates?q=%ff')).status).to.equal(400)
    const cursor = new URL(hrefOf((await open('/candidates?sort=name')).html, 'More candidates'), web.url).searchParams.get('cursor') ?? ''
    for (const other of ['-name', 'added', '-added'])
      expect((await open(`/candidates?sort=${other}&cursor=${cursor}`)).status).to.equal(422)
  })
})

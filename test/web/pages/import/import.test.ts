import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { got } from 'got'
import { CandidateImportModel } from '../../../../src/candidates/candidate-import-model.ts'
import { eventually } from '../../../support/eventually.ts'
import { LEVER_ADMIN } from '../../../support/lever.ts'
import { SOURCER, startService, type Api, type ServiceForTests } from '../../../support/service.ts'
import { visit, type Visitor } from '../visitor.ts'

const IMPORT = '/candidates/import'

describe('Import CSV page', function () {
  this.timeout(60_000)
  let service: ServiceForTests
  let api: Api
  let bo: Visitor
  let token: string

  before(async () => {
    service = await startService()
    ;({ api } = await service.organization())
    bo = await visit(service.url, api, SOURCER)
    token = /name="csrf-token" content="([^"]+)"/.exec((await bo.open(IMPORT)).html)?.[1] ?? ''
  })
  after(() => service.stop())

  /** Sends the form like a browser without JavaScript: its fields in the order of the page. */
  const send = async (file: string | Uint8Array<ArrayBuffer>, { path = IMPORT, csrf = token, tokenFirst = true } = {}) => {
    const form = new FormData()
    if (tokenFirst) form.append('_csrf', csrf)
    form.append('file', new File([file], 'people.csv', { type: 'text/csv' }))
    if (!tokenFirst) form.append('_csrf', csrf)
    const answer = await fetch(`${service.url}${path}`, {
      method: 'POST',
      body: form,
      redirect: 'manual',
      headers: { accept: 'text/html', cookie: await bo.jar.getCookieString(service.url) },
    })
    return { status: answer.status, location: answer.headers.get('location') ?? '', html: await answer.text() }
  }
  /** Sends the form and follows the redirect. */
  const sendAndSee = async (csv: string) => (await bo.open((await send(csv)).location)).html
  const find = async (q: string) => (await api.get<{ data: { name: string }[] }>(`candidates?q=${q}`)).body.data

  it('is one click from the list, and names the recognized columns', async () => {
    const list = await bo.open('/candidates')
    const { html } = await bo.open(IMPORT)

    expect(list.html).to.match(/<a href="\/candidates\/import" role="button"[^>]*>Import CSV<\/a>/)
    expect(html).to.match(/<label>CSV file or Excel workbook \(\.xlsx\)<input type="file" name="file"/)
    expect(html).to.match(
      /<form method="post" action="\/candidates\/import" enctype="multipart\/form-data"[^>]*><input type="hidden" name="_csrf"/,
    )
    for (const field of ['externalId', 'emails', 'profileUrl']) expect(html).to.include(`<code>${field}</code>`)
  })

  it('imports the good lines of a short file, and lists the others with the reason', async () => {
    const csv = 'name,email\nImported Ivy,ivy@a.example\n<b>Nobody</b>,\n=Formula,\n'

    const { status, location } = await send(csv)
    const { html } = await bo.open(location)
    const again = await sendAndSee(csv)

    expect(status).to.equal(303)
    expect(html).to.include('Import finished')
    expect(factsOf(html)).to.deep.equal({ Added: '1', Updated: '0', Rejected: '2' })
    expect(factsOf(again)).to.deep.equal({ Added: '0', Updated: '1', Rejected: '2' })
    expect(html).to.match(/<th role="rowheader" scope="row" data-head="Line">3<\/th>.*?at least one email or link/)
    expect(html).not.to.include('<b>Nobody')
    const rejected = await got(`${service.url}${rejectedCsvIn(html)}`, { cookieJar: bo.jar })
    expect(rejected.body).to.include('<b>Nobody</b>,').and.to.include(`'=Formula`)
    expect(await find('ivy')).to.have.length(1)
  })

  it('shows an import to the sourcer who made it, to admins, and to API keys, but to no other sourcer', async () => {
    await api.put('users/colleague@acme.example', { name: 'Colleague', role: 'sourcer' })
    const [colleague, admin, again] = await Promise.all([
      visit(service.url, api, 'colleague@acme.example'),
      visit(service.url, api, LEVER_ADMIN),
      visit(service.url, api, SOURCER),
    ])
    const { location } = await send('name,email\nPrivate Pia,pia@a.example\nSecret Row,\n')
    const id = location.split('/').at(-1) ?? ''
    const downloads = [`/api/v1/candidate-imports/${id}`, `/api/v1/candidate-imports/${id}/rejected.csv`]

    for (const [reader, status] of [
      [colleague, 404],
      [admin, 200],
      [again, 200],
    ] as const) {
      expect((await reader.open(location)).status).to.equal(status)
      for (const path of downloads) {
        const { statusCode } = await got(`${service.url}${path}`, { cookieJar: reader.jar, throwHttpErrors: false })
        expect(statusCode, path).to.equal(status)
      }
    }
    expect((await api.get(`candidate-imports/${id}`)).status).to.equal(200)

    await CandidateImportModel.updateOne({ _id: id }, { $unset: { actor: 1 } })
    expect((await again.open(location)).status, 'from before the maker was kept').to.equal(404)
    expect((await admin.open(location)).status).to.equal(200)
  })

  it('shows how a file is read before it is imported', async () => {
    const preview = (body: string) =>
      got.post(`${service.url}${IMPORT}/preview`, {
        body,
        cookieJar: bo.jar,
        headers: { 'content-type': 'text/csv', 'x-csrf-token': token },
        throwHttpErrors: false,
      })

    const good = await preview('First Name,Last Name,E-mail Address,<i>Mood</i>\nAda,Lovelace,ada@a.example,fine\n')
    const bad = await preview('colour,shape\nred,round\n')

    expect(good.body).to.include('Name (first)').and.to.include('ada@a.example').and.not.include('<html')
    expect(good.body).to.include('&lt;i>Mood&lt;/i>').and.to.include('Not imported')
    expect(bad.body).to.include('notice bad').and.to.include('no header row')
    expect(await find('ada@a.example')).to.deep.equal([])
  })

  it('says that a file has no rows or is empty', async () => {
    const preview = (file: string) => send(file, { path: `${IMPORT}/preview` })

    expect(await sendAndSee('name,email\n')).to.include('The file has no rows below its header.')
    expect((await preview('name,email\n')).html).to.include('The file has no rows below its header.')
    for (const empty of ['', '\n  \n']) {
      const { status, html } = await send(empty)
      expect(status).to.equal(422)
      expect(html).to.include('The file is empty.').and.not.include('header row with')
      expect((await preview(empty)).html).to.include('The file is empty.')
    }
  })

  it('imports a workbook, names its sheet, and says which formulas have no value', async () => {
    const workbook = new Uint8Array(readFileSync(new URL('../../../candidates/xlsx/samples/people.xlsx', import.meta.url)))

    const preview = await send(workbook, { path: `${IMPORT}/preview` })
    const { status, location } = await send(workbook)
    const { html } = await bo.open(location)

    expect(preview.html).to.include('The sheet “People” is read. Sheets not read: 2.').and.to.include('ana@x.example')
    expect(status).to.equal(303)
    expect(factsOf(html)).to.deep.equal({ Added: '2', Updated: '0', Rejected: '0', 'To check': '1' })
    for (const shown of [preview.html, html]) expect(shown).to.match(/The column (?:"|&quot;)Stage(?:"|&quot;) has a formula without/)
    expect(await find('ana@x.example')).to.have.length(1)
  })

  it('names the columns that were not imported, in English and Spanish', async () => {
    const { location } = await send('name,email,<b>Mood</b>,Shoe size\nIgnora Mus,ignora@a.example,fine,41\n')

    expect((await bo.open(location)).html).to.include(
      'Columns that were not imported: <code>&lt;b>Mood&lt;/b></code>, <code>Shoe size</code>',
    )
    const spanish = await got(`${service.url}${location}`, { cookieJar: bo.jar, headers: { 'accept-language': 'es' } })
    expect(spanish.body).to.include('Columnas que no se han importado: <code>')
  })

  it('follows a long file until it is read, then offers the rejected lines', async () => {
    const rows = Array.from({ length: 150 }, (_, at) => `Long ${at},${at === 7 ? '' : `long${at}@a.example`},${'x'.repeat(8000)}`)

    const { status, location } = await send(`name,email,summary\n${rows.join('\n')}\n`)
    const html = await eventually('it is read', async () => {
      const shown = await bo.open(location)
      return shown.html.includes('Import finished') ? shown.html : null
    }, 30_000) // prettier-ignore

    expect(status).to.equal(303)
    expect(location).to.match(/^\/candidates\/imports\/[0-9a-f]{24}$/)
    expect(factsOf(html)).to.deep.equal({ Added: '149', Updated: '0', Rejected: '1' })
    expect((await got(`${service.url}${rejectedCsvIn(html)}`, { cookieJar: bo.jar })).body).to.include('Long 7')
    const finished = await got(`${service.url}${location}`, { cookieJar: bo.jar, headers: { 'hx-request': 'true' } })
    expect(finished.headers['hx-refresh']).to.equal('true')
  })

  it('says what is wrong with a whole file, and lets the user choose another one', async () => {
    const noHeader = await send('colour,shape\nred,round\n')
    const empty = await send('')

    for (const { status, html } of [noHeader, empty]) {
      expect(status).to.equal(422)
      expect(html)
        .to.match(/class="notice bad" role="alert"/)
        .and.to.include('CSV file')
    }
  })

  it('leaves erased people out unless they are entered on purpose', async () => {
    await send('name,email\nErased Eric,eric@a.example\n')
    const [eric] = (await api.get<{ data: { id: string }[] }>('candidates?q=eric')).body.data
    await api.delete(`candidates/${eric?.id}`)
    await eventually('Eric is erased', async () => (await api.get<{ data: unknown[] }>('erasures')).body.data.length === 1)

    const refused = await sendAndSee('name,email\nEric,eric@a.example\n')
    expect(refused).to.include('use “Import and include erased people”').and.not.include('allowErased')
    const { body: told } = await got(`${service.url}${rejectedCsvIn(refused)}`, { cookieJar: bo.jar })
    expect(told, 'to callers of the API').to.include('allowErased=true')
    expect(await find('eric')).to.deep.equal([])
    await send('name,email\nEric,eric@a.example\n', { path: `${IMPORT}?allowErased=true` })
    expect(await find('eric')).to.have.length(1)
  })

  it('accepts a form only if the CSRF token comes first', async () => {
    const csv = 'name,email\nForged Fay,fay@a.example\n'

    for (const forged of [{ csrf: 'another' }, { csrf: '' }, { tokenFirst: false }]) expect((await send(csv, forged)).status).to.equal(403)
    expect((await send('x'.repeat(300_000), { csrf: 'another' })).status).to.equal(403)

    expect(await find('fay')).to.deep.equal([])
  })

  it('is available to signed-in people, and each import to its organization', async () => {
    const { location } = await send(`name,email\n${'Big,big@a.example\n'.repeat(70_000)}`)
    const other = await service.organization()
    const stranger = await visit(service.url, other.api, LEVER_ADMIN)

    expect((await stranger.open(location)).status).to.equal(404)
    const signedOut = await got(`${service.url}${IMPORT}`, { followRedirect: false })
    expect(signedOut.headers.location).to.equal('/sign-in?next=%2Fcandidates%2Fimport')
  })
})

/** Names and values of a page's `<dl>`. */
function factsOf(html: string): Record<string, string> {
  const [, list = ''] = /<section class="card" id="import".*?<dl class="facts">(.*?)<\/dl>/s.exec(html) ?? []
  return Object.fromEntries([...list.matchAll(/<dt>(.*?)<\/dt><dd>(.*?)<\/dd>/g)].map(([, name = '', value = '']) => [name, value]))
}

function rejectedCsvIn(html: string): string {
  return /href="(\/api\/v1\/candidate-imports\/[0-9a-f]+\/rejected\.csv)"/.exec(html)?.[1] ?? ''
}

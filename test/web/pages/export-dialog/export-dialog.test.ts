import { expect } from 'chai'
import { got } from 'got'
import { Types } from 'mongoose'
import { CandidateModel } from '../../../../src/candidates/candidate-model.ts'
import { LeverPostingModel } from '../../../../src/mirror/lever-record-models.ts'
import { eventually } from '../../../support/eventually.ts'
import { LEVER_ADMIN } from '../../../support/lever.ts'
import { newPerson, SOURCE, SOURCER, startService, type Api, type ServiceForTests } from '../../../support/service.ts'
import { fieldsOf, rowOf, visit, type Visitor } from '../visitor.ts'

const DIALOG = '/candidates/export'

interface Posting {
  id: string
  text: string
  state: string
}

describe('Export to ATS dialog', function () {
  this.timeout(60_000)
  let service: ServiceForTests
  let api: Api
  let bo: Visitor
  let job: Posting
  let otherJob: Posting

  before(async () => {
    // generous, because calls to Lever may be slow when many tests run at once
    service = await startService({ LEVER_TIMEOUT_MS: '5000', SETTLE_MS: '6000' })
    ;({ api } = await service.connected())
    bo = await visit(service.url, api, SOURCER)
    const { data } = (await api.get<{ data: Posting[] }>('lever/postings?state=published')).body
    ;[job, otherJob] = data as [Posting, Posting]
  })
  after(() => service.stop())
  afterEach(() => service.lever.clearFaults())

  const add = async (fields: Record<string, unknown> = {}) => {
    const { body } = await api.post<{ id: string; name: string; emails: string[] }>('candidates', newPerson(fields))
    return body
  }
  /** Requests a part of the open page, as htmx does. */
  const part = async (visitor: Visitor, path: string) => {
    const answer = await got(`${service.url}${path}`, {
      cookieJar: visitor.jar,
      headers: { 'hx-request': 'true' },
      throwHttpErrors: false,
      retry: { limit: 0 },
    })
    return { status: answer.statusCode, html: answer.body, headers: answer.headers }
  }
  const exportsOf = async (candidateId: string) =>
    (await api.get<{ data: { id: string; status: string; requestedBy: string; target: { kind: string } }[] }>(`exports?candidateId=${candidateId}`)).body.data // prettier-ignore
  /** The progress after all exports have finished. */
  const finished = (path: string) =>
    eventually('the progress ends', async () => {
      const { html } = await bo.open(path)
      return html.includes('data-finished="true"') ? html : null
    })

  it('says who goes where, as which Lever user, and what is sent, before sending anything', async () => {
    const { id, name, emails } = await add({ phones: [{ value: '+34 600 000 000' }], tags: ['go'], location: 'Bilbao' })
    await service.lever.clearRequests()

    const { status, html } = await bo.open(`${DIALOG}?one=${id}`)

    expect(status).to.equal(200)
    expect(html).to.match(/<label for="export-job">Job<\/label>/)
    expect(html).to.match(/<label for="export-requisition">Requisition<\/label>/)
    for (const words of [
      'None: general opportunity',
      job.text,
      name,
      emails[0],
      '+34 600 000 000',
      'Bilbao',
      'New lead',
      SOURCE,
      'Bo Lindqvist',
    ])
      expect(html).to.include(words)
    expect(html).to.match(/<button type="submit">Export<\/button>/)
    expect(html).to.include('No one in Lever has these email addresses.')
    const requests = await service.lever.requests('/opportunities')
    expect(requests.filter(({ method, query }) => method !== 'GET' || 'email' in query)).to.have.length(1)
    expect(requests.every(({ method }) => method === 'GET')).to.equal(true)
    expect(await exportsOf(id)).to.deep.equal([])
  })

  it('offers only open jobs, and the requisitions of the chosen one', async () => {
    const { id } = await add()
    const closed = (await api.get<{ data: Posting[] }>('lever/postings?state=closed')).body.data

    const { html } = await bo.open(`${DIALOG}?one=${id}`)
    const chosen = await bo.send(`${DIALOG}/preview`, { candidateIds: id, postingId: job.id, requisitionId: '', note: 'kept & safe' })

    for (const { id: closedId } of closed) expect(html).not.to.include(closedId)
    expect(closed).not.to.be.empty
    expect(chosen.html).to.match(new RegExp(`<option[^>]*value="${job.id}"[^>]*selected|<option[^>]*selected[^>]*value="${job.id}"`))
    expect(chosen.html).to.include('kept &amp; safe')
    expect(optionsOf(chosen.html, 'export-requisition').length).to.be.lessThan(optionsOf(html, 'export-requisition').length)
  })

  it('finds jobs by their words, for scripts', async () => {
    const { html } = await part(bo, `${DIALOG}/jobs?q=${encodeURIComponent(job.text)}`)

    expect(html).to.include(`value="${job.id}"`).and.not.include('<html')
    expect((await part(bo, `${DIALOG}/jobs?q=nothing-like-it`)).html).to.equal('')
  })

  it('exports one person without JavaScript, and ends with the link to Lever', async () => {
    const { id, name, emails } = await add()

    const progress = await bo.send(DIALOG, { candidateIds: id, postingId: job.id, requisitionId: '', note: 'Met at a fair' })
    const html = await finished(progress.path)

    const [opportunity] = await service.lever.opportunitiesByEmail(emails[0] ?? '')
    expect(progress.path).to.match(/^\/exports\/progress\?/)
    expect(html).to.match(new RegExp(`<a href="[^"]*${opportunity?.id}[^"]*"[^>]*>Open ${name} in Lever</a>`))
    expect(html).to.include('Done.')
    const [exported] = await exportsOf(id)
    expect(exported).to.include({ status: 'exported', requestedBy: SOURCER })
    await eventually('the note is written', async () => (await service.lever.notesOf(opportunity?.id ?? '')).length === 1)
    expect((await bo.open('/candidates')).html).to.include(`New lead: Open ${name} in Lever`)
  })

  it('creates one export for a double click, and shows it both times', async () => {
    const { id, emails } = await add()
    const fields = { candidateIds: id, postingId: '', requisitionId: '' }

    const [first, second] = await Promise.all([bo.send(DIALOG, fields), bo.send(DIALOG, fields)])
    const pages = [await finished(first.path), await finished(second.path)]

    expect(await exportsOf(id)).to.have.length(1)
    expect(await service.lever.opportunitiesByEmail(emails[0] ?? '')).to.have.length(1)
    for (const html of pages) expect(html).to.include('in Lever</a>')
    expect(pages.filter((html) => html.includes('has already been exported'))).to.have.length(1)
  })

  it('shows who is in Lever already, and does what the user chooses', async () => {
    const { id, emails } = await add()
    const [email = ''] = emails
    const there = await service.lever.addOpportunity({ name: 'Other <i>name</i>', emails: [email], stage: 'Recruiter screen' })

    const asked = await bo.open(`${DIALOG}?one=${id}&postingId=${job.id}`)
    const stopped = await finished((await bo.send(DIALOG, { candidateIds: id, postingId: job.id, requisitionId: '' })).path)
    const linked = await finished((await bo.send(DIALOG, { candidateIds: id, postingId: job.id, requisitionId: '', onDuplicate: 'link' })).path) // prettier-ignore

    expect(rowOf(asked.html, 'Recruiter screen')).to.include(there.id).and.to.include('General opportunity')
    expect(asked.html).to.match(/<input type="radio" id="duplicate-stop" name="onDuplicate" value="stop" checked/)
    expect(asked.html).to.include(`Create an opportunity for ${job.text}`).and.to.include('general opportunity. To consider them')
    expect(stopped).to.include('Already in Lever').and.to.include('nothing was added').and.to.include(there.id)
    expect(linked).to.include('Exported').and.to.include(there.id)
    expect(await service.lever.opportunitiesByEmail(email)).to.have.length(1)
  })

  it('says what each choice sends for people who are already in Lever', async () => {
    const { id, emails } = await add()
    await service.lever.addOpportunity({ name: 'Somebody', emails })
    const shown = async (onDuplicate: string): Promise<string> => {
      const { html } = await bo.send(`${DIALOG}/preview`, { candidateIds: id, postingId: '', requisitionId: '', onDuplicate })
      return html.slice(html.indexOf('What will be sent'))
    }

    const [stop, link, create] = [await shown('stop'), await shown('link'), await shown('create')]

    expect(stop).to.include('Nothing, because the person is already in Lever').and.not.to.include('/v1/opportunities')
    expect(link).to.include('Only the note').and.not.to.include('/v1/opportunities')
    expect(create).to.include('/v1/opportunities').and.to.include(emails[0]).and.to.include('New lead')
  })

  it('offers no second export to the same target', async () => {
    const { id } = await add()
    await finished((await bo.send(DIALOG, { candidateIds: id, postingId: '', requisitionId: '' })).path)

    const { html } = await bo.open(`${DIALOG}?one=${id}`)

    expect(html).to.include('Already exported to this job').and.to.include(`/candidates/${id}#history`)
    expect(html).to.match(/<button type="submit" disabled[^>]*aria-describedby="export-why-not"[^>]*>Export</)
  })

  it('exports a selection as one bulk export, with a line and a next step for each candidate', async () => {
    const fine = await add()
    const inLever = await add()
    await service.lever.addOpportunity({ name: inLever.name, emails: inLever.emails })
    const before = await add()
    await finished((await bo.send(DIALOG, { candidateIds: before.id, postingId: '', requisitionId: '' })).path)
    const ids = [fine.id, inLever.id, before.id, fine.id]
    const asked = await bo.open(`${DIALOG}?${ids.map((id) => `id=${id}`).join('&')}`)
    const { once = '' } = fieldsOf(asked.html)
    const fields = { candidateIds: [...ids, '0'.repeat(24)].join(','), postingId: '', requisitionId: '', once }

    const [sent, again] = await Promise.all([bo.send(DIALOG, fields), bo.send(DIALOG, fields)])
    const html = await finished(sent.path)

    expect(asked.html).to.include('Export 3 candidates to Lever').and.not.to.include('name="note"')
    expect(asked.html).to.include(`value="${[fine.id, inLever.id, before.id].join(',')}"`)
    expect(rowOf(asked.html, before.name)).to.include('Already exported to this job')
    expect(rowOf(asked.html, fine.name)).to.include('checked again before sending')
    for (const words of ['What will be sent', 'General opportunity', 'New lead', SOURCE, 'Bo Lindqvist'])
      expect(asked.html).to.include(words)
    expect(sent.path).to.match(/^\/exports\/batches\/[0-9a-f]{24}$/)
    expect(again.path).to.equal(sent.path)
    expect(rowOf(html, fine.name))
      .to.include('Exported')
      .and.to.match(/<a href="http[^>]*>Open in Lever/)
    expect(rowOf(html, inLever.name)).to.include('Already in Lever').and.to.include(`${DIALOG}?one=${inLever.id}`)
    expect(lineOf(html, before.name)).to.include('Already exported to this job')
    expect(lineOf(html, 'Deleted candidate')).to.include('no longer exists here')
    expect(html).to.include('Done: 1 of 2 exported.').and.to.include('2 candidates were skipped')
  })

  it('shows for a selection what is already in Lever, and offers a job for existing general opportunities', async () => {
    const [one, two] = [await add(), await add()]
    const exported = await finished((await bo.send(DIALOG, { candidateIds: one.id, postingId: '', requisitionId: '' })).path)

    const { html } = await bo.send(`${DIALOG}/open`, { chosen: `${one.id},${two.id}` })
    const onJob = await bo.send(`${DIALOG}/preview`, { candidateIds: `${one.id},${two.id}`, postingId: job.id, requisitionId: '' })

    expect(exported).to.include('Done.')
    expect(html).to.include('1 candidate will be skipped (already exported')
    expect(onJob.html).not.to.include('will be skipped')
    expect(rowOf(html, two.name)).to.include('checked again before sending')
    expect(rowOf(onJob.html, one.name)).to.include('New lead · General opportunity · Bo Lindqvist').and.to.include('<time')
    expect(onJob.html)
      .to.include('1 of the candidates shown is in Lever only as a general opportunity')
      .and.to.include(`Create an opportunity for ${job.text}`)
  })

  it('takes everybody who matches a search, with and without JavaScript', async () => {
    const people = await Promise.all(Array.from({ length: 51 }, () => add({ project: 'Search for many' })))

    const list = await bo.open('/candidates?project=Search+for+many')
    const found = await part(bo, '/candidates/ids?project=Search+for+many')
    const asked = await bo.open(`${DIALOG}?all=1&q=&project=Search+for+many&id=${people[0]?.id}`)

    expect(list.html).to.include('data-select-matching="/candidates/ids?project=Search+for+many"')
    expect(list.html).to.match(/<noscript>.*name="project" value="Search for many".*name="all" value="1".*<\/noscript>/s)
    expect((JSON.parse(found.html) as { ids: string[] }).ids).to.have.members(people.map(({ id }) => id))
    expect(asked.html).to.include('Export 51 candidates to Lever').and.to.include('and 1 more')
  })

  it('follows a bulk export: pause, resume, cancel, CSV', async () => {
    const people = await Promise.all(Array.from({ length: 60 }, () => add()))
    await service.lever.fault({ kind: 'slow', delayMs: 4500, match: { method: 'POST', path: '^/opportunities$' }, times: 60 })
    const { path } = await bo.send(DIALOG, { candidateIds: people.map(({ id }) => id).join(','), postingId: '', requisitionId: '' })
    const queued = await eventually('some wait', async () => {
      const { html } = await bo.open(path)
      return html.includes('id="batch-pause"') ? html : null
    }) // prettier-ignore

    const paused = await bo.send(`${path}/pause`)
    const resumed = await bo.send(`${path}/resume`)
    const fragment = await part(bo, path)
    await bo.send(`${path}/cancel`)
    await service.lever.clearFaults()
    const canceled = await finished(path)
    const csv = await bo.open(`${path}/result.csv`)
    const list = await bo.open('/exports/batches')
    const ended = await bo.open(`${path}?status=canceled`)

    expect(queued).to.include('Cancel the rest').and.to.include('hx-trigger="every 2s"')
    expect(paused.html).to.include('Paused: ').and.to.include('Queued exports wait.').and.to.include('Waiting: exports are paused')
    expect(resumed.html).to.include('Exports have resumed.').and.to.include(' of 60 done')
    expect(fragment.html).to.include('id="export-panel"').and.not.include('<html')
    expect(canceled)
      .to.match(/Done: \d+ of 60 exported\./)
      .and.not.include('hx-trigger')
    expect(csv.html.trim().split('\r\n')).to.have.length(61)
    expect(rowOf(list.html, path)).to.include('60 candidates').and.to.include('Finished').and.to.include('Canceled: ')
    expect(rowOf(ended.html, '>Retry<')).to.include('Canceled')
  })

  it('shows a bulk export only to people who may see it', async () => {
    const [one, two] = [await add(), await add()]
    const { path } = await bo.send(DIALOG, { candidateIds: `${one.id},${two.id}`, postingId: '', requisitionId: '' })
    await finished(path)
    await api.put('users/eve@acme.example', { name: 'Eve', role: 'sourcer' })
    const other = await service.organization()
    const visitors = [await visit(service.url, api, 'eve@acme.example'), await visit(service.url, other.api, SOURCER)]

    for (const visitor of visitors) {
      expect((await visitor.open(path)).status).to.equal(404)
      expect((await visitor.open(`${path}/result.csv`)).status).to.equal(404)
      expect((await visitor.send(`${path}/cancel`)).status).to.equal(404)
      expect((await visitor.open('/exports/batches')).html).not.to.include(path)
    }
    expect((await (await visit(service.url, api, LEVER_ADMIN)).open(path)).status).to.equal(200)
  })

  it('takes at most five thousand at once, and refuses an empty selection', async () => {
    const many = Array.from({ length: 5001 }, (_, at) => String(at).padStart(24, '0'))

    const tooMany = await bo.send(DIALOG, { candidateIds: many.join(','), postingId: '', requisitionId: '' })
    const nobody = await bo.open(DIALOG)

    expect(tooMany.status).to.equal(422)
    expect(tooMany.html).to.include('More than 5000')
    expect(nobody.status).to.equal(422)
    expect(nobody.html).to.include('No candidates are selected')
    expect((await part(bo, DIALOG)).html)
      .to.include('No candidates are selected')
      .and.not.include('<html')
  })

  it('refuses a selection of all matches if there are more than five thousand', async () => {
    const { id } = await add({ project: 'Too many' })
    const { _id, externalId: _externalId, ...one } = (await CandidateModel.findById(new Types.ObjectId(id)).lean()) ?? {}
    await CandidateModel.collection.insertMany(Array.from({ length: 5000 }, () => ({ ...one })))

    const asked = await bo.send(`${DIALOG}/open`, { all: '1', project: 'Too many' })
    await CandidateModel.deleteMany({ project: 'Too many', _id: { $ne: id } })

    expect(asked.status).to.equal(422)
    expect(asked.html).to.include('More than 5000')
  })

  it('says how many of the chosen candidates no longer exist, before sending and after', async () => {
    const [here, gone] = [await add(), await add()]
    await api.delete(`candidates/${gone.id}`)
    const spanish = await visit(service.url, api, SOURCER, 'es')
    const query = `${DIALOG}?id=${here.id}&id=${gone.id}`

    const { status, html } = await bo.open(query)
    const fields = { candidateIds: fieldsOf(html)['candidateIds'] ?? '', postingId: job.id }
    const preview = await bo.send(`${DIALOG}/preview`, fields)
    const sent = await bo.send(DIALOG, { ...fields, requisitionId: '' })

    expect(status).to.equal(200)
    for (const page of [html, preview.html]) {
      expect(page).to.include('1 selected candidate no longer exists and will not be exported.').and.to.include(here.name)
    }
    expect((await spanish.open(query)).html).to.include('1 candidato seleccionado ya no existe y no se exportará.')
    expect(sent.path).to.match(/^\/exports\/batches\//)
    expect(sent.html).to.include('One candidate was skipped').and.to.include('Deleted candidate')
    expect(await exportsOf(here.id)).to.have.length(1)
    const allGone = await bo.open(`${DIALOG}?id=${gone.id}`)
    expect([allGone.status, allGone.html.includes('The selected candidates no longer exist')]).to.deep.equal([422, true])
  })

  it('refuses a misspelled or malformed field, which could send something else or more', async () => {
    const { id } = await add()
    const right = { candidateIds: id, postingId: '', requisitionId: '' }
    const wrong = [{ 'postingId[]': job.id }, { PostingId: job.id }, { 'note[]': 'Hello' }, { 'requisitionId[]': 'x' }]

    for (const fields of wrong) expect((await bo.send(DIALOG, { ...right, ...fields })).status).to.equal(422)
    expect((await bo.send(DIALOG, { ...right, candidateIds: `${id},${'0'.repeat(24)}`, note: 'For one only' })).status).to.equal(422)
    expect(await exportsOf(id)).to.deep.equal([])
    for (const filter of ['q[]=x', 'q=a&q=b', `q=${'x'.repeat(201)}`, 'exported=maybe', 'sort=zzz', 'Project=x']) {
      expect((await bo.open(`${DIALOG}?all=1&${filter}`)).status, filter).to.equal(422)
      expect((await bo.open(`/candidates/ids?${filter}`)).status, filter).to.equal(422)
    }
    expect((await bo.send(`${DIALOG}/open`, { all: '1', 'q[]': 'x' })).status).to.equal(422)
    expect((await bo.open(`${DIALOG}?one=${id}&postingId[]=${job.id}`)).status).to.equal(422)
  })

  it('refuses a body that is not a form, or not UTF-8', async () => {
    const { id } = await add()
    const token = /name="_csrf" value="([^"]+)"/.exec((await bo.open(`${DIALOG}?one=${id}`)).html)?.[1] ?? ''
    const send = async (body: string | Buffer, type = 'application/x-www-form-urlencoded') => {
      const headers = { 'content-type': type, 'x-csrf-token': token, accept: 'text/html' }
      return (await got.post(`${service.url}${DIALOG}`, { cookieJar: bo.jar, body, headers, throwHttpErrors: false })).statusCode
    }

    for (const note of ['%ff%fe', '%', '%zz', '%C3']) expect(await send(`candidateIds=${id}&note=${note}`), note).to.equal(400)
    expect(await send(Buffer.concat([Buffer.from(`candidateIds=${id}&note=`), Buffer.from([0xff])]))).to.equal(400)
    expect(await send(`candidateIds=${id}`, 'text/plain')).to.equal(415)
    expect(await exportsOf(id)).to.deep.equal([])
  })

  it('says next to the button why this person may not export, and who can help', async () => {
    const { id } = await add()
    await api.put('users/eve@acme.example', { name: 'Eve <b>', role: 'sourcer' })
    const eve = await visit(service.url, api, 'eve@acme.example')
    const ana = await visit(service.url, api, LEVER_ADMIN)

    const list = await eve.open('/candidates')
    const dialog = await eve.open(`${DIALOG}?one=${id}`)
    const sent = await eve.send(DIALOG, { candidateIds: id, postingId: '', requisitionId: '' })

    for (const { html } of [list, dialog, sent])
      expect(html).to.include('You are not mapped to a Lever user yet.').and.to.include(`Ask Ana Duarte (${LEVER_ADMIN}).`)
    expect(list.html).not.to.match(/<button type="submit"(?![^>]*disabled)[^>]*>Export to ATS</)
    expect(list.html).to.match(/<button type="submit"[^>]*disabled[^>]*aria-describedby="[^"]*why-not"[^>]*>Export to ATS/)
    expect(sent.status).to.equal(403)
    expect(await exportsOf(id)).to.deep.equal([])
    expect((await ana.open('/candidates')).html).to.match(/<a href="\/settings\/ats\/users">Open Users<\/a>/)
  })

  it('asks for another job if the chosen one has just closed, and keeps the input', async () => {
    const { id } = await add()
    await LeverPostingModel.updateOne({ leverId: otherJob.id }, { state: 'closed' })

    const sent = await bo.send(DIALOG, { candidateIds: id, postingId: otherJob.id, requisitionId: '', note: 'typed before' })

    expect(sent.status).to.equal(409)
    expect(sent.html).to.include('no longer open').and.to.include('typed before').and.to.include(otherJob.text)
    expect(await exportsOf(id)).to.deep.equal([])
  })

  it('opens even while Lever is down, and says that it could not check for duplicates', async () => {
    const { id } = await add()
    await service.lever.fault({ kind: 'status', status: 503, match: { path: '/opportunities' }, times: 20 })

    const { status, html } = await bo.open(`${DIALOG}?one=${id}`)

    expect(status).to.equal(200)
    expect(html).to.include('could not check whether the person is in Lever')
    expect(html).to.match(/<button type="submit">Export<\/button>/)
  })

  it('leads from a refusal by Lever to the next step, and retries from there', async () => {
    const { id, name } = await add()
    await service.lever.fault({ kind: 'status', status: 400, match: { method: 'POST', path: '/opportunities' }, times: 1, body: { code: 'BadRequestError', message: 'The <b>name</b> is odd' } }) // prettier-ignore

    const { path } = await bo.send(DIALOG, { candidateIds: id, postingId: '', requisitionId: '' })
    const failed = await finished(path)
    const [{ id: exportId } = { id: '' }] = await exportsOf(id)
    const retried = await bo.send('/exports/progress', { retry: exportId, progress: path.slice(path.indexOf('?') + 1) })

    expect(lineOf(failed, name))
      .to.include('Lever refused the export.')
      .and.to.include('The &lt;b>name&lt;/b> is odd')
      .and.to.include('Retry')
    expect(retried.path).to.equal(path)
    expect(lineOf(await finished(path), name)).to.include('Exported')
  })

  it('is polled by a script in fragments, which are sent only if something changed', async () => {
    const { id } = await add()
    await service.lever.fault({ kind: 'slow', delayMs: 4500, match: { method: 'POST', path: '^/opportunities$' } })
    const { path } = await bo.send(DIALOG, { candidateIds: id, postingId: '', requisitionId: '' })
    await eventually('Lever takes its time', async () =>
      (await service.lever.requests('/opportunities')).some(({ fault }) => fault === 'slow'),
    )

    const first = await part(bo, path)
    const [, again = ''] = /hx-get="([^"]+)"/.exec(first.html) ?? []
    const unchanged = await part(bo, again.replaceAll('&amp;', '&'))
    await service.lever.clearFaults()
    await finished(path)
    const changed = await part(bo, again.replaceAll('&amp;', '&'))

    expect(first.html).to.include('hx-trigger="every 1s"').and.not.include('<html')
    expect(unchanged.status).to.equal(204)
    expect(changed.html).to.include('Exported').and.not.include('hx-trigger')
  })

  it('escapes names, in Spanish too', async () => {
    const { id } = await add({ name: '<script>alert(1)</script> & "Ana"' })
    const spanish = await visit(service.url, api, SOURCER, 'es')

    for (const [visitor, title] of [[bo, 'Export '], [spanish, 'Exportar a ']] as const) {
      const { html } = await visitor.open(`${DIALOG}?one=${id}`)
      expect(html).to.include(`<h1>${title}&lt;script>alert(1)&lt;/script> &amp; &quot;Ana&quot;`).and.not.include('<script>alert')
    } // prettier-ignore
    expect((await spanish.open(`${DIALOG}?one=${id}`)).html).to.include('Ninguno: oportunidad general')
  })

  it('is not accessible to another organization, another sourcer, or another site', async () => {
    const { id } = await add()
    const { path } = await bo.send(DIALOG, { candidateIds: id, postingId: '', requisitionId: '' })
    await finished(path)
    const other = await service.organization()
    const stranger = await visit(service.url, other.api, SOURCER)
    await api.put('users/eve@acme.example', { name: 'Eve', role: 'sourcer' })
    const eve = await visit(service.url, api, 'eve@acme.example')
    const [{ id: exportId } = { id: '' }] = await exportsOf(id)

    expect((await stranger.open(`${DIALOG}?one=${id}`)).html).to.include('The selected candidates no longer exist')
    expect((await stranger.open(path)).html).not.to.include('in Lever</a>')
    expect((await eve.open(path)).html)
      .to.include('Someone else has already exported this candidate')
      .and.not.to.include('in Lever</a>')
    for (const visitor of [stranger, eve])
      expect((await visitor.send('/exports/progress', { retry: exportId, progress: '' })).status).to.equal(404)
    const forged = await got.post(`${service.url}${DIALOG}`, {
      cookieJar: bo.jar,
      form: { candidateIds: id, _csrf: 'x' },
      throwHttpErrors: false,
    })
    expect(forged.statusCode).to.equal(403)
    const signedOut = await got(`${service.url}${DIALOG}?one=${id}`, { followRedirect: false })
    expect(signedOut.headers.location).to.equal(`/sign-in?next=${encodeURIComponent(`${DIALOG}?one=${id}`)}`)
  })
})

function optionsOf(html: string, selectId: string): string[] {
  const [, select = ''] = new RegExp(`<select id="${selectId}".*?>(.*?)</select>`, 's').exec(html) ?? []
  return [...select.matchAll(/<option/g)].map(([option]) => option)
}

/** The line of the progress that contains `text`. */
function lineOf(html: string, text: string): string {
  const found = [...html.matchAll(/<li>(?:<div>|<strong>).*?<\/li>/gs)].map(([line]) => line).find((line) => line.includes(text))
  if (found === undefined) throw new Error(`no line tells of ${text}`)
  return found
}

import { expect } from 'chai'
import { eventually } from '../../../support/eventually.ts'
import { LEVER_ADMIN } from '../../../support/lever.ts'
import { newPerson, SOURCER, startService, type Api, type ServiceForTests } from '../../../support/service.ts'
import { rowOf, visit, type Visitor } from '../visitor.ts'

const HERE = '/settings/export-rules'

describe('automatic export page', function () {
  this.timeout(60_000)
  let service: ServiceForTests
  let api: Api
  let ana: Visitor

  before(async () => {
    service = await startService({ JOB_POLL_MS: '200', LEVER_TIMEOUT_MS: '5000', SETTLE_MS: '6000' })
    ;({ api } = await service.connected())
    ana = await visit(service.url, api, LEVER_ADMIN)
  })
  after(() => service.stop())

  const add = async (fields: Record<string, unknown>) =>
    (await api.post<{ id: string; name: string }>('candidates', newPerson(fields))).body

  it('shows the candidates that a rule would export before it can be saved, and keeps the input', async () => {
    const person = await add({ stage: 'qualified' })
    const first = await ana.open(HERE)

    const typed = { name: 'All qualified', stages: 'Qualified\nqualified lead', projects: '', note: 'By rule' }
    const preview = await ana.send(`${HERE}/preview`, typed)
    const withExisting = await ana.send(`${HERE}/preview`, { ...typed, applyToExisting: 'on' })
    const rules = await api.get<{ data: unknown[] }>('export-rules')
    const saved = await ana.send(HERE, typed)

    expect(first.html).to.include('There are no rules.').and.not.include('Save rule')
    expect(withExisting.html).to.include('This rule would export 1 candidate now').and.not.include('candidate is in the rule’s stages')
    expect(preview.html).to.include('1 candidate is in the rule’s stages now').and.include(person.name).and.include('Save rule')
    expect(preview.html).to.include('value="All qualified"').and.include('>Qualified\nqualified lead<')
    expect(preview.html).to.include('No candidates can be exported now:')
    expect(rules.body.data).to.deep.equal([])
    expect(saved.path).to.equal(HERE)
    expect(rowOf(saved.html, 'All qualified')).to.include('Qualified, qualified lead').and.include(LEVER_ADMIN).and.include('Switch off')
  })

  it('lists waiting candidates with the reason, in English and Spanish', async () => {
    const person = await add({ stage: 'qualified' })
    await ana.send(HERE, { name: 'Held up', stages: 'interested', projects: '' })
    await api.patch(`candidates/${person.id}`, { stage: 'interested' })

    const page = await eventually('the reason is shown', async () => {
      const { html } = await ana.open(HERE)
      return html.includes('1 waiting') && rowOf(html, `/candidates/${person.id}`).includes('is not mapped to a Lever user') ? html : null
    })
    const spanish = await (await visit(service.url, api, LEVER_ADMIN, 'es')).open(HERE)

    expect(rowOf(page, `/candidates/${person.id}`)).to.include('Held up')
    expect(rowOf(spanish.html, `/candidates/${person.id}`)).to.include('Esta persona no tiene usuario de Lever')
  })

  it('refuses a rule without a stage or name, activates only the person’s own rules, and removes after a confirmation', async () => {
    await api.put('export-rules/Of%20Bo', { stages: ['hired'], requestedBy: SOURCER })

    const refused = await ana.send(`${HERE}/preview`, { name: ' ', stages: ' \n ', projects: 'Alpha' })
    const off = await ana.send(`${HERE}/switch`, { name: 'Of Bo', active: 'off' })
    const on = await ana.send(`${HERE}/switch`, { name: 'Of Bo', active: 'on' })
    const asked = await ana.open(`${HERE}/remove?name=Of%20Bo`)
    const removed = await ana.send(`${HERE}/remove?name=Of%20Bo`)
    const sourcer = await (await visit(service.url, api, SOURCER)).open(HERE)

    expect(refused.status).to.equal(422)
    expect(refused.html).to.include('Give the rule a name').and.include('Enter at least one stage').and.include('>Alpha<')
    expect(off.html).to.include('is off.')
    expect(on.html).to.include('you can act only as yourself')
    expect(asked.html).to.include('Remove “Of Bo”?')
    expect(removed.html).to.include('was removed.')
    expect(sourcer.status).to.equal(403)
  })
})

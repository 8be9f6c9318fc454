import { expect } from 'chai'
import { formerKeys } from '../../src/people/former-keys.ts'
import { contradict, personKeys } from '../../src/people/person-keys.ts'
import { isPlaceholder, isPlaceholderId } from '../../src/people/placeholder.ts'

describe('keys that identify a person', () => {
  it('are each own address and each own profile page once, and nothing that several people may share', () => {
    const person = {
      emails: ['Ana@a.example', 'mailto:ana@a.example', 'info@a.example'],
      links: ['https://es.linkedin.com/in/Ana', 'https://www.linkedin.com/company/acme', 'https://ana.example'],
      profileUrl: 'https://www.linkedin.com/in/ana/',
    }
    expect(personKeys(person)).to.deep.equal({ emails: ['ana@a.example'], profiles: ['linkedin.com/in/ana'] })
  })

  it('are contradicted only by another page on the same site', () => {
    const [ana, bob, anaHere] = ['linkedin.com/in/ana', 'linkedin.com/in/bob', 'github.com/ana']
    expect(contradict([ana], [bob])).to.equal(true)
    expect(contradict([ana, anaHere], [anaHere, bob])).to.equal(true)
    expect(contradict([ana], [ana])).to.equal(false)
    expect(contradict([ana], [ana, bob])).to.equal(false)
    expect(contradict([ana], [anaHere])).to.equal(false)
    expect(contradict([ana], [])).to.equal(false)
    expect(contradict(['linkedin.com/in/ana'], ['linkedin.com/sales/ACwAAA1'])).to.equal(false)
  })

  it('are searched in their former form only if that identifies somebody and differs', () => {
    const person = {
      emails: ['Ana@a.example', 'ana@müller.example', 'info@müller.example'],
      links: ['https://github.com/Ana', 'https://www.linkedin.com/in/ana', 'https://www.linkedin.com/in/ana/en', 'https://www.linkedin.com/company/x/about'],
    } // prettier-ignore
    expect(formerKeys(person)).to.deep.equal({
      emails: ['ana@müller.example'],
      links: ['github.com/Ana', 'linkedin.com/in/ana/en'],
    })
  })

  it('never include a placeholder word', () => {
    for (const text of ['N/A', 'n/a', 'NULL', ' none ', '-', '—', '?', '...', '#REF!', 'Ninguno', 'k.A.', '\u200Bn/a']) expect(isPlaceholder(text), text).to.equal(true) // prettier-ignore
    for (const text of ['', '0', 'Nadia', 'Nan', 'a-1', '7', 'Nil Armstrong']) expect(isPlaceholder(text), text).to.equal(text === 'Nan')
    for (const text of ['0', '00', '0.0', 'n/a']) expect(isPlaceholderId(text), text).to.equal(true)
    for (const text of ['1', '10', 'x0', '']) expect(isPlaceholderId(text), text).to.equal(false)
  })
})

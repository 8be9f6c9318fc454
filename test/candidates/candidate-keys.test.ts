import { expect } from 'chai'
import { emailKey, linkKey } from '../../src/candidates/candidate-keys.ts'

describe('candidate keys', () => {
  for (const [link, key] of [
    ['https://www.linkedin.com/in/Ana-L%C3%B3pez/?utm=x#about', 'linkedin.com/in/ana-lópez'],
    ['http://es.linkedin.com/in/ana-lópez', 'linkedin.com/in/ana-lópez'],
    ['https://GitHub.com/Ana/', 'github.com/Ana'],
    ['http://www.ana.example', 'ana.example'],
    ['https://ana.example/?page=1', 'ana.example?page=1'],
    ['https://notlinkedin.com/in/Ana?x=1', 'notlinkedin.com/in/Ana?x=1'],
    ['https://ana.example/%E0%A4', 'ana.example/%E0%A4'],
  ] as const) {
    it(`compares ${link} as ${key}`, () => {
      expect(linkKey(link)).to.equal(key)
    })
  }

  it('compares e-mails without ASCII case and white space, and keeps accents as they are written', () => {
    expect(emailKey(' Jose\u0301@A.example ')).to.equal('jose\u0301@a.example')
  })
})

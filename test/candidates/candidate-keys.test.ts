import { expect } from 'chai'
import { candidateKeys, keysToRefuse, keysToRemember, recordKey, textKeys } from '../../src/candidates/candidate-keys.ts'

const shared = { name: 'Ana', emails: ['info@a.example'], links: ['https://www.linkedin.com/company/a'] }

describe('candidate keys', () => {
  it('are own addresses and own pages', () => {
    const ana = { ...shared, emails: [...shared.emails, 'Ana@a.example'], profileUrl: 'https://www.linkedin.com/in/Ana/' }
    expect(candidateKeys(ana)).to.deep.equal({ emailKeys: ['ana@a.example'], linkKeys: ['linkedin.com/in/ana'] })
  })

  it('are the record as a whole where nothing in it is the person’s own', () => {
    expect(candidateKeys(shared)).to.deep.equal({ emailKeys: [], linkKeys: [recordKey(shared)] })
    const alike = { ...shared, name: ' ÁNA', emails: ['INFO@a.example'], links: ['http://linkedin.com/company/a/'] }
    expect(recordKey(alike)).to.equal(recordKey(shared))
    for (const other of [
      { ...shared, name: 'Bob' },
      { ...shared, emails: [] },
      { ...shared, links: ['https://a.example'] },
    ]) {
      expect(recordKey(other)).not.to.equal(recordKey(shared))
    }
  })

  it('remember of who is erased what identifies nobody, and refuse nobody by it', () => {
    const ana = { ...shared, emails: ['ana@a.example'] }
    expect(keysToRemember(ana)).to.include.members(['ana@a.example', 'linkedin.com/company/a', recordKey(ana)])
    const withName = ['name:ana ana@a.example', `name:ana ${recordKey(ana)}`]
    expect(keysToRefuse(ana)).to.have.members(['ana@a.example', recordKey(ana), ...withName])
  })

  it('remember of who is erased what they had before with their name, and as a part of texts', () => {
    const past = { recordKeys: ['record:before'], pastKeys: ['old@a.example', 'github.com/old'] }
    const remembered = keysToRemember({ ...shared, name: 'Ána', emails: ['ana@a.example'], ...past })

    expect(remembered).to.include.members(['name:ana record:before', 'name:ana old@a.example', 'name:ana github.com/old'])
    expect(remembered).to.include.members(textKeys({ emails: ['Old@a.example'], links: ['https://www.github.com/Old/'] }))
    expect(remembered).not.to.include.oneOf(['record:before', 'old@a.example', 'github.com/old'])
  })
})

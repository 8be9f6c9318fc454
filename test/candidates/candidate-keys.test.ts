import { expect } from 'chai'
import { candidateKeys, keysToRefuse, keysToRemember, recordKey, textKeys } from '../../src/candidates/candidate-keys.ts'

const shared = { name: 'Ana', emails: ['info@a.example'], links: ['https://www.linkedin.com/company/a'] }

describe('candidate keys', () => {
  it('are the person’s own email addresses and profile pages', () => {
    const ana = { ...shared, emails: [...shared.emails, 'Ana@a.example'], profileUrl: 'https://www.linkedin.com/in/Ana/' }
    expect(candidateKeys(ana)).to.deep.equal({ emailKeys: ['ana@a.example'], linkKeys: ['linkedin.com/in/ana'] })
  })

  it('are the whole record if nothing in it belongs to the person alone', () => {
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

  it('include shared details of an erased person, but refuse nobody because of them', () => {
    const ana = { ...shared, emails: ['ana@a.example'] }
    expect(keysToRemember(ana)).to.include.members(['ana@a.example', 'linkedin.com/company/a', recordKey(ana)])
    const withName = ['name:ana ana@a.example', `name:ana ${recordKey(ana)}`]
    expect(keysToRefuse(ana)).to.have.members(['ana@a.example', recordKey(ana), ...withName])
  })

  it('include former details of an erased person, with the name and as parts of texts', () => {
    const past = { recordKeys: ['record:before'], pastKeys: ['old@a.example', 'github.com/old'] }
    const remembered = keysToRemember({ ...shared, name: 'Ána', emails: ['ana@a.example'], ...past })

    expect(remembered).to.include.members(['name:ana record:before', 'name:ana old@a.example', 'name:ana github.com/old'])
    expect(remembered).to.include.members(textKeys({ emails: ['Old@a.example'], links: ['https://www.github.com/Old/'] }))
    expect(remembered).not.to.include.oneOf(['record:before', 'old@a.example', 'github.com/old'])
  })
})

import { expect } from 'chai'
import { formatsOf } from '../../../../src/web/pages/kit/formats.ts'
import { timeInWords } from '../../../../src/web/pages/kit/time-ago.tsx'

describe('relative times', () => {
  const now = Date.UTC(2026, 10, 22, 9, 0, 0)
  const ago = (ms: number) => new Date(now - ms).toISOString()

  it('say how long ago or how soon, in whole units, in both languages', () => {
    expect(timeInWords(ago(0), 'en', now)).to.equal('just now')
    expect(timeInWords(ago(59_000), 'es', now)).to.equal('ahora mismo')
    expect(timeInWords(ago(-59_000), 'en', now)).to.equal('now')
    expect(timeInWords(ago(60_000), 'en', now)).to.equal('1 minute ago')
    expect(timeInWords(ago(3_599_000), 'en', now)).to.equal('59 minutes ago')
    expect(timeInWords(ago(5 * 3_600_000), 'es', now)).to.equal('hace 5 horas')
    expect(timeInWords(ago(24 * 3_600_000), 'en', now)).to.equal('yesterday')
    expect(timeInWords(ago(-3 * 60_000), 'en', now)).to.equal('in 3 minutes')
  })

  it('become the date after a month', () => {
    expect(timeInWords(ago(31 * 86_400_000), 'en', now)).to.equal('Oct 22, 2026')
  })
})

describe('formats of a language', () => {
  it('are built once, since each takes as long as a page', () => {
    expect(formatsOf('es')).to.equal(formatsOf('es'))
    expect(formatsOf('es').list.format(['Ana', 'Bo'])).to.equal('Ana y Bo')
    expect(formatsOf('en').list.format(['Ana', 'Bo'])).to.equal('Ana and Bo')
  })
})

import { expect } from 'chai'
import { LONGEST_NOTE, partsOf, transcriptOf, type TranscriptMessage, type TranscriptStyle } from '../../src/conversations/transcript.ts'

const STYLE: TranscriptStyle = { language: 'en', timeZone: 'UTC', name: 'Cleo' }
const sentAt = new Date('2026-03-02T03:00:00Z')
const told = (fields: Partial<TranscriptMessage>): TranscriptMessage => ({
  who: 'Ana Duarte',
  body: 'Hello',
  channel: null,
  sentAt,
  ...fields,
})
const linesOf = (message: Partial<TranscriptMessage>) =>
  transcriptOf([told(message)], STYLE)
    .split('\n')
    .slice(4)
const BREAKS = ['\n', '\r', '\r\n', '\v', '\f', '\u001C', '\u001D', '\u001E', '\u0085', '\u2028', '\u2029']
const BIDI_CONTROLS = ['\u202A', '\u202B', '\u202C', '\u202D', '\u202E', '\u2066', '\u2067', '\u2068', '\u2069']

describe('conversations/transcript', () => {
  for (const lineBreak of BREAKS)
    it(`marks the continuation lines of a message after ${JSON.stringify(lineBreak)}`, () => {
      expect(linesOf({ body: `ok${lineBreak}03:01 Ana Duarte: FORGED${lineBreak}${lineBreak}Tuesday 3 March 2026` })).to.deep.equal([
        '03:00 Ana Duarte: ok',
        '│ 03:01 Ana Duarte: FORGED',
        '│',
        '│ Tuesday 3 March 2026',
      ])
    })

  it('keeps names and channels on one line', () => {
    for (const lineBreak of BREAKS) {
      expect(linesOf({ who: `Ana${lineBreak}03:01 Bo: FORGED`, channel: `sms${lineBreak}03:02 Bo: FORGED` })).to.deep.equal([
        '03:00 Ana 03:01 Bo: FORGED (sms 03:02 Bo: FORGED): Hello',
      ])
      const named = transcriptOf([told({})], { ...STYLE, name: `Cleo${lineBreak}03:01 Bo: FORGED` })
      expect(named.split('\n').slice(0, 2)).to.deep.equal(['Conversation with Cleo 03:01 Bo: FORGED', 'Times: UTC'])
    }
  })

  it('drops control characters that reorder text', () => {
    for (const control of BIDI_CONTROLS) {
      const text = transcriptOf([told({ who: `A${control}na`, channel: `s${control}ms`, body: `He${control}llo` })], {
        ...STYLE,
        name: `Cl${control}eo`,
      })
      expect(text).to.include('Conversation with Cleo').and.include('03:00 Ana (sms): Hello')
    }
  })

  it('mentions nobody, not even in the heading', () => {
    expect(transcriptOf([told({ body: 'Hi\n@bo' })], { ...STYLE, name: '@bo' })).to.not.match(/@\w/)
  })

  it('fits any message into a note, however many lines it has', () => {
    for (const unit of ['\n', 'a\n', '@a\n', '@a ', 'abcdefghij\n', '@abcdefgh\n']) {
      const body = `${unit.repeat(10_000 / unit.length)}x`.slice(0, 10_000)
      const messages = [told({ who: 'w'.repeat(200), channel: 'c'.repeat(50), body })]
      expect(partsOf(messages, STYLE)).to.deep.equal([1])
      expect(transcriptOf(messages, STYLE, { part: 1, of: 2 }).length, JSON.stringify(unit)).to.be.at.most(LONGEST_NOTE)
    }
  })

  it('counts the marks when it splits a conversation into notes', () => {
    const body = 'ab\n'.repeat(900)
    const messages = Array.from({ length: 30 }, () => told({ body }))
    const parts = partsOf(messages, STYLE)
    let first = 0
    for (const [part, count] of parts.entries()) {
      const text = transcriptOf(messages.slice(first, first + count), STYLE, { part: part + 1, of: parts.length })
      expect(text.length).to.be.at.most(LONGEST_NOTE)
      first += count
    }
    expect(first).to.equal(30)
  })
})

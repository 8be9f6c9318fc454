import { expect } from 'chai'
import { claimedType, resumeFilename } from '../../src/candidates/resume-filename.ts'

describe('file name of a résumé', () => {
  const names: [string | null, string][] = [
    ['cv.pdf', 'cv.pdf'],
    ['Lebenslauf Jürgen.PDF', 'Lebenslauf Jürgen.PDF'],
    ['../../etc/passwd', 'passwd.pdf'],
    ['C:\\Users\\ana\\cv.pdf', 'cv.pdf'],
    ['cv.doc', 'cv.pdf'],
    ['cv', 'cv.pdf'],
    ['cv.v2.pdf', 'cv.v2.pdf'],
    ['cv.2024', 'cv.2024.pdf'],
    ['a\r\nX-Evil: 1.pdf', 'aX-Evil: 1.pdf'],
    ['a\0b.pdf', 'ab.pdf'],
    ['\u202Efdp.exe', 'fdp.exe.pdf'],
    ['  much   space  .pdf', 'much space.pdf'],
    ['.pdf', 'pdf.pdf'],
    ['...', 'resume.pdf'],
    ['', 'resume.pdf'],
    [null, 'resume.pdf'],
    ['李雷🎉.pdf', '李雷🎉.pdf'],
    ['half \uD800 a pair.pdf', 'half a pair.pdf'],
    ['Jose\u0301.pdf', 'José.pdf'],
  ]
  for (const [given, name] of names) {
    it(`${JSON.stringify(given)} is kept as ${name}`, () => {
      expect(resumeFilename(given, 'pdf')).to.equal(name)
    })
  }

  it('has at most 200 characters, including the extension', () => {
    const name = resumeFilename(`${'🎉'.repeat(400)}.docx`, 'docx')

    expect(Array.from(name)).to.have.length(200)
    expect(name).to.match(/🎉\.docx$/u)
  })

  it('implies a type, another type, or none', () => {
    expect(['a.PDF', 'a.text', 'a.docx', 'a.exe', 'a', 'J. Smith', null].map(claimedType)).to.deep.equal([
      'pdf',
      'txt',
      'docx',
      'other',
      null,
      null,
      null,
    ])
  })
})

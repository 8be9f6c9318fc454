import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { checkPatterns } from '../../scripts/lint/patterns.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

describe('lint: patterns', function () {
  this.timeout(60_000)
  const folder = temporaryFolder()

  /** What is found in a file of these lines: the number of the line and the rest. */
  async function findings(...lines: string[]): Promise<string[]> {
    const root = mkdtempSync(join(folder, 'tree-'))
    mkdirSync(join(root, 'deep'))
    writeFileSync(join(root, 'deep', 'file.ts'), lines.join('\n'))
    return checkPatterns(root)
  }

  for (const [what, pattern] of [
    ['exponential', String.raw`/^(\d+\s*)+$/`],
    ['cubic', String.raw`/^(.*\d.*?)\s*\((\p{L}[\p{L} ]*)\)$/u`],
    ['quadratic at the end of a text', String.raw`/\s+$/`],
    ['quadratic from every beginning', String.raw`/<.*>/`],
    ['in an argument of RegExp', String.raw`new RegExp('\\s+$', 'u')`],
    ['made of constants', '(() => { const END = String.raw`\\s+$`; return new RegExp(`${END}`) })()'],
  ] as const) {
    it(`finds a pattern that is ${what}, and says where`, async () => {
      const [finding, ...others] = await findings("const text = 'a'", `export const hit = ${pattern}`)

      expect(finding).to.match(/^deep\/file\.ts:2 \/.+ takes (exponential|\d(nd|rd) degree polynomial)/)
      expect(others).to.deep.equal([])
    })
  }

  it('allows linear patterns, and ignores strings and comments', async () => {
    const linear = [
      String.raw`export const a = /^[\w.-]+@[\w-]+$/`,
      String.raw`export const b = '/\\s+$/' // /\s+$/`,
      'export const c = 1 / 2 / 3',
    ]

    expect(await findings(...linear)).to.deep.equal([])
  })

  it('finds a pattern that depends on values', async () => {
    const [finding] = await findings('export const make = (text: string): RegExp => new RegExp(text)')

    expect(finding).to.match(/^deep\/file\.ts:1 a pattern that is made of more than constants/)
  })

  it('accepts an exemption only directly above, with a limit and a reason', async () => {
    const bad = String.raw`export const end = /\s+$/`

    expect(await findings('// pattern exempt, at most 300 characters: the text is cut right here', bad)).to.deep.equal([])
    for (const comment of [
      '// pattern exempt',
      '// pattern exempt, at most 300 characters: ',
      '// pattern exempt, at most 9,000,000 characters: it is only a file',
    ]) {
      expect((await findings(comment, bad)).join()).to.match(/file\.ts:1 exemption without a reason or a limit/)
    }
    expect((await findings('// pattern exempt, at most 300 characters: the text is cut right here', '', bad)).join()).to.match(
      /:3 .+:1 exemption that no pattern needs/,
    )
  })
})

import { copyFileSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { runProgram, type ProgramEnd } from '../support/run-program.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const RUN = join(import.meta.dirname, '../../.ci/run')

describe('scripts: .ci/run', () => {
  const folder = temporaryFolder()

  /** Runs it with the given shell line in place of `npm test`, whose own start takes long. */
  async function run(test: string, limitSeconds = 60): Promise<ProgramEnd & { lines: string[] }> {
    const root = mkdtempSync(join(folder, 'project-'))
    for (const name of ['.ci', 'bin']) mkdirSync(join(root, name))
    copyFileSync(RUN, join(root, '.ci/run'))
    writeFileSync(join(root, 'bin/npm'), `#!/bin/sh\n[ "$*" = test ] || exit 64\n${test}\n`, { mode: 0o755 })
    const env = { ...process.env, PATH: `${join(root, 'bin')}:${process.env['PATH']}`, CI_LIMIT_SECONDS: String(limitSeconds) }
    const end = await runProgram('bash', ['.ci/run'], { cwd: root, env }).ended
    return { ...end, lines: end.stdout.trimEnd().split('\n') }
  }

  const record = (...lines: string[]): string => lines.map((line) => `echo '${line}' >> "$TEST_RESULTS"`).join('; ')

  it('prints the counts when all tests pass', async () => {
    const end = await run(record('passed', 'passed', 'end'))

    expect(end.lines.at(-1)).to.equal('2 passed, 0 failed')
    expect(end.code).to.equal(0)
  })

  it('names failed tests', async () => {
    const end = await run(`${record('passed', 'failed a thing works', 'end')}; exit 1`)

    expect(end.lines.slice(-3)).to.deep.equal(['Failed:', '  - a thing works', '1 passed, 1 failed'])
    expect(end.code).to.equal(1)
  })

  it('counts a crash in the middle, even with code 0, as a failure', async () => {
    const end = await run(record('passed'))

    expect(end.lines.slice(-2)).to.deep.equal(['npm test ended with code 0 before all tests had run.', '1 passed, 1 failed'])
    expect(end.code).to.equal(1)
  })

  it('counts a run that hangs as a failure', async () => {
    const end = await run(`${record('passed')}; sleep 60`, 4)

    expect(end.lines.slice(-2)).to.deep.equal(['npm test did not end within 4 s.', '1 passed, 1 failed'])
    expect(end.code).to.equal(1)
  })

  it('counts a run without tests as a failure', async () => {
    const end = await run(record('end'))

    expect(end.lines.slice(-2)).to.deep.equal(['No test ran.', '0 passed, 1 failed'])
    expect(end.code).to.equal(1)
  })

  it('counts an error after the last test as a failure', async () => {
    const end = await run(`${record('passed', 'end')}; exit 4`)

    expect(end.lines.slice(-2)).to.deep.equal(['npm test ended with code 4.', '1 passed, 1 failed'])
    expect(end.code).to.equal(1)
  })
})

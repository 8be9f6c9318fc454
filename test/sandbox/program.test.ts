import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { eventually } from '../support/eventually.ts'
import { startLever, type LeverForTests } from '../support/lever.ts'
import type { Program } from '../support/run-program.ts'
import { startScript } from '../support/run-script.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

describe('npm run sandbox', () => {
  const start = (environment: Record<string, string>): Program => startScript('sandbox', environment)

  it('prints all addresses, and stops cleanly on a signal', async () => {
    const program = start({ SANDBOX_PORT: '0', DATA_DIR: temporaryFolder() })
    await eventually('the addresses', () => program.output().includes('Ctrl-C'), 15_000)
    for (const word of ['Ana Duarte', 'Client id', 'Client secret', 'API key', '/control']) expect(program.output()).to.contain(word)

    program.child.kill('SIGTERM')

    expect((await program.ended).code).to.equal(0)
  })

  it('says what is wrong with the port, the state file, or the environment', async () => {
    const taken: LeverForTests = await startLever()
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'sandbox.json'), 'not a state')
    const ends = await Promise.all([
      start({ SANDBOX_PORT: new URL(taken.url).port, DATA_DIR: temporaryFolder() }).ended,
      start({ SANDBOX_PORT: '0', DATA_DIR: folder }).ended,
      start({ SANDBOX_PORT: 'abc' }).ended,
    ])
    await taken.stop()

    expect(ends.map(({ code }) => code)).to.deep.equal([1, 1, 1])
    expect(ends[0]?.stderr).to.contain('in use').and.contain('SANDBOX_PORT')
    expect(ends[1]?.stderr).to.contain(join(folder, 'sandbox.json'))
    expect(ends[2]?.stderr).to.contain('SANDBOX_PORT')
  })
})

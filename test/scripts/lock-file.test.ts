import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { processBirth, tryLock } from '../../scripts/lock-file.mjs'
import { runProgram } from '../support/run-program.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

describe('scripts: lock file', () => {
  const folder = temporaryFolder()

  it('is held until it is released, and leaves nothing behind', async () => {
    const path = join(folder, 'plain.lock')

    const first = await tryLock(path)
    const second = await tryLock(path)
    await first.release?.()
    const third = await tryLock(path)
    await third.release?.()

    expect(second).to.deep.equal({ heldBy: process.pid })
    expect(third.release).to.be.a('function')
    expect(await readdir(folder)).to.deep.equal([])
  })

  it('is taken over from a process that is gone', async () => {
    const path = join(folder, 'dead.lock')
    const gone = runProgram(process.execPath, ['-e', ''])
    await gone.ended
    await writeFile(path, JSON.stringify({ pid: gone.child.pid, birth: '' }))

    const attempt = await tryLock(path)

    expect(attempt.release).to.be.a('function')
    await attempt.release?.()
  })

  it('is taken over if its process id now belongs to another program', async function () {
    const path = join(folder, 'reused.lock')
    const birth = await processBirth(process.pid)
    await writeFile(path, JSON.stringify({ pid: process.pid, birth: `${birth}-of-an-earlier-one` }))

    const attempt = await tryLock(path)

    // where the system does not tell when a process started, the id alone has to do
    if (birth === '') expect(attempt).to.deep.equal({ heldBy: process.pid })
    else expect(attempt.release).to.be.a('function')
    await attempt.release?.()
  })

  it('is taken over if its file is unreadable', async () => {
    const path = join(folder, 'rubbish.lock')
    await writeFile(path, '')

    const attempt = await tryLock(path)

    expect(attempt.release).to.be.a('function')
    await attempt.release?.()
  })

  it('goes to exactly one of many that find it stale at once', async () => {
    const path = join(folder, 'contended.lock')
    await writeFile(path, JSON.stringify({ pid: 2 ** 22 + 1, birth: '' }))

    const attempts = await Promise.all(Array.from({ length: 20 }, () => tryLock(path)))

    expect(attempts.filter((attempt) => attempt.release)).to.have.length(1)
    for (const attempt of attempts) await attempt.release?.()
  })
})

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect } from 'chai'
import { lockDataFolder } from '../../scripts/data-folder.ts'
import { unwritableReason } from '../../scripts/lock-file.mjs'
import { eventually } from '../support/eventually.ts'
import { rejection } from '../support/rejection.ts'
import { runProgram } from '../support/run-program.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const MODULE = pathToFileURL(join(import.meta.dirname, '../../scripts/data-folder.ts')).href

describe('scripts: data folder', () => {
  const folder = temporaryFolder()

  it('is created, and can be acquired again after its release', async () => {
    const dataDir = join(folder, 'new', 'data')

    const first = await lockDataFolder(dataDir)
    await first.release()
    const second = await lockDataFolder(dataDir)

    await second.release()
  })

  it('refuses a second process and names the first, and is taken over once that is killed', async () => {
    const dataDir = join(folder, 'shared')
    const script = `import { lockDataFolder } from ${JSON.stringify(MODULE)}; await lockDataFolder(${JSON.stringify(dataDir)}); console.log('held'); setInterval(() => {}, 1000)`
    const holder = runProgram(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script])
    await eventually('the other process holds the folder', () => holder.output().includes('held'))

    const refusal = await rejection(lockDataFolder(dataDir))
    holder.child.kill('SIGKILL')
    await holder.ended
    const taken = await lockDataFolder(dataDir)

    expect(refusal.message).to.equal(
      `Another Fulcrum (process ${holder.child.pid}) already uses ${dataDir}: stop it or set DATA_DIR to another folder.`,
    )
    await taken.release()
  })

  it('says so if a file is in its place', async () => {
    const file = join(folder, 'a-file')
    await writeFile(file, '')

    const atFile = await rejection(lockDataFolder(file))
    const belowFile = await rejection(lockDataFolder(join(file, 'data')))

    expect(atFile.message).to.match(/a-file cannot be the data folder.*is a file: set DATA_DIR/)
    expect(belowFile.message).to.match(/a-file.data cannot be the data folder.*is a file: set DATA_DIR/)
  })

  it('reports a read-only file system as such, whatever the error of the system', () => {
    expect(['EROFS', 'ENOENT', 'EACCES'].map(unwritableReason)).to.deep.equal(['read-only file system', 'read-only file system', 'EACCES'])
  })

  it('says so if it is not writable', async () => {
    const refusal = await rejection(lockDataFolder('/sys/fulcrum-data'))

    expect(refusal.message).to.match(
      /^The data folder .*fulcrum-data cannot be written \((?:E[A-Z]+|read-only file system)\): give this user write access, or set DATA_DIR/,
    )
  })
})

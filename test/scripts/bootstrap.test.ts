import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { eventually } from '../support/eventually.ts'
import { runProgram, type Program } from '../support/run-program.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const SCRIPTS = join(import.meta.dirname, '../../scripts')

/** Stands in for npm: notes its call, and installs one package, once there is a file of the name that it is told to wait for. */
const NPM = `#!/usr/bin/env node
const fs = require('fs')
fs.appendFileSync('npm-calls', process.argv.slice(2).join(' ') + '\\n')
const { until, fail } = JSON.parse(fs.readFileSync('npm-behaviour.json', 'utf8'))
const install = () => {
  if (until && !fs.existsSync(until)) return setTimeout(install, 20)
  if (fail) { console.error(fail); process.exit(1) }
  fs.mkdirSync('node_modules/thing', { recursive: true })
  fs.copyFileSync('package-lock.json', 'node_modules/.package-lock.json')
}
install()
`

/** Prints what a target should find: its arguments and the process it runs in. */
const TARGET = `
process.on('SIGTERM', () => process.exit(7))
console.log(JSON.stringify({ arguments: process.argv.slice(2), pid: process.pid }))
if (process.argv.includes('wait')) setInterval(() => {}, 1000)
else process.exitCode = 3
`

const lockFileOf = (version: string): string => JSON.stringify({ packages: { '': { name: 'tiny' }, 'node_modules/thing': { version } } })

class TinyProject {
  readonly root: string

  constructor(folder: string, npm: { until?: string; fail?: string } = {}) {
    this.root = mkdtempSync(join(folder, 'project-'))
    for (const name of ['scripts', 'bin']) mkdirSync(join(this.root, name))
    for (const name of ['bootstrap.mjs', 'lock-file.mjs']) copyFileSync(join(SCRIPTS, name), join(this.root, 'scripts', name))
    this.write('package.json', '{"name":"tiny"}')
    this.write('package-lock.json', lockFileOf('1.0.0'))
    this.write('npm-behaviour.json', JSON.stringify(npm))
    this.write('target.mjs', TARGET)
    this.write('bin/npm', NPM)
    chmodSync(join(this.root, 'bin/npm'), 0o755)
    symlinkSync(process.execPath, join(this.root, 'bin/node'))
  }

  write(name: string, content: string): void {
    writeFileSync(join(this.root, name), content)
  }

  start(...parameters: string[]): Program {
    return this.#run('scripts/bootstrap.mjs', ...parameters)
  }

  /** Processor time in ms, which does not depend on what else runs. */
  async costOf(...parameters: string[]): Promise<number> {
    const tell = 'process.on("exit", () => { const { user, system } = process.cpuUsage(); process.stderr.write(String(user + system)) })'
    const { stderr } = await this.#run('--import', `data:text/javascript,${encodeURIComponent(tell)}`, ...parameters).ended
    return Number(stderr) / 1000
  }

  #run(...parameters: string[]): Program {
    return runProgram(process.execPath, parameters, { cwd: this.root, env: { PATH: `${join(this.root, 'bin')}:/usr/bin:/bin` } })
  }

  installations(): number {
    const calls = join(this.root, 'npm-calls')
    return existsSync(calls) ? readFileSync(calls, 'utf8').trim().split('\n').length : 0
  }
}

describe('scripts: bootstrap', () => {
  const folder = temporaryFolder()

  it('installs missing packages with npm ci, says so, and then runs the target in its own process', async () => {
    const project = new TinyProject(folder)

    const program = project.start('target.mjs', 'a', '--b')
    const end = await program.ended

    expect(readFileSync(join(project.root, 'npm-calls'), 'utf8')).to.match(/^ci /)
    expect(end.stderr).to.match(/Installing packages with npm ci, because they are missing.*\nPackages installed in \d+ s\.\n$/s)
    expect(JSON.parse(end.stdout)).to.deep.equal({ arguments: ['a', '--b'], pid: program.child.pid })
    expect(end.code).to.equal(3)
  })

  it('does nothing and prints nothing the second time', async () => {
    const project = new TinyProject(folder)
    await project.start('target.mjs').ended

    const end = await project.start('target.mjs').ended

    expect(end.stderr).to.equal('')
    expect(project.installations()).to.equal(1)
  })

  it('costs under 0.3 s of processor time when there is nothing to do', async () => {
    const project = new TinyProject(folder)
    await project.start('target.mjs').ended

    const [prepared, alone] = [await project.costOf('scripts/bootstrap.mjs', 'target.mjs'), await project.costOf('target.mjs')]

    expect(alone).to.be.above(0)
    expect(prepared - alone).to.be.below(300)
  })

  it('installs again when the lock file has changed, except with --if-missing', async () => {
    const project = new TinyProject(folder)
    await project.start('target.mjs').ended
    project.write('package-lock.json', lockFileOf('2.0.0'))

    await project.start('--if-missing', 'target.mjs').ended
    const before = project.installations()
    const end = await project.start('target.mjs').ended

    expect(before).to.equal(1)
    expect(project.installations()).to.equal(2)
    expect(end.stderr).to.include('because package-lock.json has changed')
  })

  it('recognizes a manual installation', async () => {
    const project = new TinyProject(folder)
    mkdirSync(join(project.root, 'node_modules'))
    project.write('node_modules/.package-lock.json', lockFileOf('1.0.0'))

    await project.start('target.mjs').ended

    expect(project.installations()).to.equal(0)
  })

  it('repairs an interrupted installation', async () => {
    const project = new TinyProject(folder)
    mkdirSync(join(project.root, 'node_modules'))

    const end = await project.start('target.mjs').ended

    expect(project.installations()).to.equal(1)
    expect(end.stderr).to.include('because the last installation was not finished')
  })

  it('installs once when two start together: the other waits and names the process', async () => {
    const project = new TinyProject(folder, { until: 'the-other-waits' })

    const first = project.start('target.mjs')
    await eventually('npm has been called', () => project.installations() > 0)
    const second = project.start('target.mjs')
    await eventually('the other waits', () => second.output().includes('Waiting'))
    project.write('the-other-waits', '')
    const ends = await Promise.all([first.ended, second.ended])

    expect(ends.map(({ code }) => code)).to.deep.equal([3, 3])
    expect(ends[1].stderr).to.equal(`Waiting for process ${first.child.pid}, which is installing the packages…\n`)
    expect(project.installations()).to.equal(1)
  })

  it('waits for a running installation with --if-missing, too', async () => {
    const project = new TinyProject(folder, { until: 'go' })
    const installing = project.start('target.mjs')
    await eventually('npm runs', () => project.installations() === 1)
    mkdirSync(join(project.root, 'node_modules'))
    const second = project.start('--if-missing', 'target.mjs')
    await eventually('it waits', () => second.output().includes('Waiting for process'))
    expect(second.output()).not.to.contain('arguments')

    project.write('go', '')
    expect((await installing.ended).code).to.equal(3)
    expect((await second.ended).code).to.equal(3)
    expect(project.installations()).to.equal(1)
  })

  it('takes over the lock of an installation that was killed', async () => {
    const project = new TinyProject(folder)
    project.write('.install.lock', JSON.stringify({ pid: 2 ** 22 + 1, birth: '' }))

    const end = await project.start('target.mjs').ended

    expect(end.code).to.equal(3)
    expect(existsSync(join(project.root, '.install.lock'))).to.equal(false)
  })

  for (const [said, advice] of [
    ['npm error code ENOTFOUND', 'could not be reached'],
    ['npm error code EACCES\nnpm error path /srv/npm-cache', 'Give this user write access'],
    ['npm error code ENOSPC', 'disk is full'],
    ['npm error code SELF_SIGNED_CERT_IN_CHAIN', 'NODE_EXTRA_CA_CERTS'],
  ] as const) {
    it(`explains ${said.split('\n')[0]} and does not run the target`, async () => {
      const project = new TinyProject(folder, { fail: said })

      const end = await project.start('target.mjs').ended

      expect(end.code).to.equal(1)
      expect(end.stdout).to.equal('')
      expect(end.stderr)
        .to.include(said)
        .and.to.match(new RegExp(`npm ci failed\\. .*${advice}`))
    })
  }

  it('stops npm when it is stopped, and leaves no lock behind', async () => {
    const project = new TinyProject(folder, { until: 'never' })
    const program = project.start('target.mjs')
    await eventually('npm has been called', () => project.installations() > 0)

    program.child.kill('SIGTERM')
    const end = await program.ended
    project.write('npm-behaviour.json', '{}')
    const next = await project.start('target.mjs').ended

    expect(end.code).to.equal(130)
    expect(next.code).to.equal(3)
  })

  it('says where to get npm if it is missing', async () => {
    const project = new TinyProject(folder)

    const end = await runProgram(process.execPath, ['scripts/bootstrap.mjs', 'target.mjs'], {
      cwd: project.root,
      env: { PATH: '/nowhere' },
    }).ended

    expect(end.code).to.equal(1)
    expect(end.stderr).to.include('npm was not found. Install Node with npm')
  })

  it('refuses an outdated Node in one sentence', async () => {
    const project = new TinyProject(folder)
    const older = `data:text/javascript,Object.defineProperty(process.versions,'node',{value:'20.18.3'})`

    const end = await runProgram(process.execPath, ['--import', older, 'scripts/bootstrap.mjs', 'target.mjs'], { cwd: project.root }).ended

    expect(end.code).to.equal(1)
    expect(end.stderr).to.match(/^Fulcrum needs Node 20\.19 or newer, and this is Node 20\.18\.3\..*\n$/)
    expect(project.installations()).to.equal(0)
  })

  it('lets signals reach the target', async () => {
    const project = new TinyProject(folder)
    const program = project.start('target.mjs', 'wait')
    await eventually('the target runs', () => program.output().includes('"pid"'))

    program.child.kill('SIGTERM')

    expect((await program.ended).code).to.equal(7)
  })

  it('runs TypeScript, with source lines in stack traces', async () => {
    const file = join(folder, 'target.mts')
    writeFileSync(file, "interface Wide {\n  a: string\n}\n\nconst wide: Wide = { a: 'here' }\nthrow new Error(wide.a)\n")

    const end = await runProgram(process.execPath, [join(SCRIPTS, 'bootstrap.mjs'), '--if-missing', file]).ended

    expect(end.code).to.equal(1)
    expect(end.stderr)
      .to.include('Error: here')
      .and.to.match(/target\.mts:6:/)
  })
})

import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { expect } from 'chai'
import { freePort } from '../../scripts/free-port.ts'
import { eventually } from '../support/eventually.ts'
import { runProgram, type Program, type ProgramEnd } from '../support/run-program.ts'
import { scriptCommand, startScript } from '../support/run-script.ts'
import { SECRET_KEYS } from '../support/service.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const SERVE = scriptCommand('serve')

/** A separate checkout with the packages of this one, or only the named ones. */
function checkOut(packages?: readonly string[]): string {
  const folder = temporaryFolder()
  for (const name of ['src', 'scripts', 'package.json', 'package-lock.json', 'tsconfig.json'])
    cpSync(join(ROOT, name), join(folder, name), { recursive: true })
  for (const name of packages ?? ['']) {
    const place = join(folder, 'node_modules', name)
    mkdirSync(dirname(place), { recursive: true })
    symlinkSync(join(ROOT, 'node_modules', name), place)
  }
  return folder
}

describe('npm run serve, compiled', function () {
  this.timeout(120_000)

  const serve = (folder: string): Program => startScript('serve', {}, folder)

  it('compiles if the output is missing or older than the sources, and runs the output', async () => {
    const folder = checkOut()
    const builtAt = () => statSync(join(folder, 'dist', '.built')).mtimeMs
    const refused = await serve(folder).ended
    expect([refused.code, refused.stderr.includes('MONGODB_URI is required')]).to.deep.equal([1, true])
    const first = builtAt()

    const main = join(folder, 'dist', 'src', 'main.js')
    writeFileSync(main, `process.stderr.write('this was compiled');${readFileSync(main, 'utf8')}`)
    expect((await serve(folder).ended).stderr).to.include('this was compiled')
    expect(builtAt()).to.equal(first)

    const now = new Date()
    utimesSync(join(folder, 'src', 'lever', 'client.ts'), now, now)
    expect((await serve(folder).ended).stderr)
      .to.include('MONGODB_URI is required')
      .and.not.include('this was compiled')
    expect(builtAt()).to.be.greaterThan(first)
  })

  it('compiles again if the build is from the future, because of a wrong clock', async () => {
    const folder = checkOut()
    await serve(folder).ended
    const stamp = join(folder, 'dist', '.built')
    const ahead = new Date(Date.now() + 3_600_000)
    utimesSync(stamp, ahead, ahead)

    await serve(folder).ended

    expect(statSync(stamp).mtimeMs).to.be.at.most(Date.now())
  })

  it('compiles once when several processes start at the same time', async () => {
    const folder = checkOut()

    const ends = await Promise.all(Array.from({ length: 3 }, () => serve(folder).ended))

    for (const { code, stderr } of ends) expect([code, stderr.includes('MONGODB_URI is required')]).to.deep.equal([1, true])
    expect(readdirSync(join(folder, 'dist'))).to.not.include('.lock')
  })

  it('says to run npm run build if the compiler is not installed, unless a build of the same sources exists', async () => {
    const [built, folder] = [checkOut(), checkOut(['pino', 'mongodb', 'mongoose', 'koa', '@koa/router'])]
    const missing = await serve(folder).ended
    await serve(built).ended
    cpSync(join(built, 'dist'), join(folder, 'dist'), { recursive: true })
    const soon = new Date(Date.now() + 60_000)
    utimesSync(join(folder, 'src', 'config.ts'), soon, soon)
    const unchanged = await serve(folder).ended
    const afterUpdate = await serveWithChange(folder, 'package-lock.json')
    const afterEdit = await serveWithChange(folder, 'src/config.ts')

    for (const { code, stderr } of [missing, afterUpdate, afterEdit]) {
      expect(code).to.equal(1)
      expect(stderr).to.include('npm run build').and.include('npm ci --include=dev').and.not.include('    at ')
    }
    expect([unchanged.code, unchanged.stderr.includes('MONGODB_URI is required')]).to.deep.equal([1, true])
  })

  async function serveWithChange(folder: string, path: string): Promise<ProgramEnd> {
    const file = join(folder, path)
    const text = readFileSync(file, 'utf8')
    writeFileSync(file, `${text}\n`)
    const end = await serve(folder).ended
    writeFileSync(file, text)
    return end
  }

  it('names sources in stack traces', async () => {
    const folder = checkOut()
    writeFileSync(join(folder, 'src', 'main.ts'), '\n\nfunction fail(): never {\n  throw new Error()\n}\n\nfail()\n')

    const { stderr } = await serve(folder).ended

    expect(stderr).to.include(`at fail (${join(folder, 'src', 'main.ts')}:4:9)`)
  })

  it('works if only DATA_DIR is writable, and not even the folder for temporary files', async function () {
    const [folder, dataDir] = [checkOut(), temporaryFolder()]
    const port = String(await freePort())
    const nowhere = `mongodb://127.0.0.1:${await freePort()}/?replicaSet=rs0&serverSelectionTimeoutMS=200`
    const env = {
      PATH: process.env['PATH'] ?? '', DATA_DIR: dataDir, TMPDIR: '/nowhere', PORT: port, PUBLIC_URL: `http://127.0.0.1:${port}`,
      MONGODB_URI: nowhere, SECRET_KEYS,
    } // prettier-ignore
    const { child, ended, output } = readOnly(folder, dataDir, env) ?? this.skip()

    const page = await eventually('it serves', () => fetch(`http://127.0.0.1:${port}/sign-in`).catch(() => null), 90_000)
    const style = /href="(\/assets\/[^"]+\.css[^"]*)"/.exec(await page.text())?.[1] ?? ''
    const asset = await fetch(`http://127.0.0.1:${port}${style}`)
    child.kill('SIGTERM')

    expect([page.status, asset.status], output()).to.deep.equal([503, 200]) // a page that says that there is no database
    expect((await ended).code).to.equal(0)
    expect(existsSync(join(folder, 'dist'))).to.equal(false)
    expect(readdirSync(join(dataDir, 'build', 'dist', 'src'))).to.include('main.js')
  })

  it('names the folder that is not writable, and exits with 1', async function () {
    const folder = checkOut()
    const ended = await (readOnly(folder, null, { PATH: process.env['PATH'] ?? '', DATA_DIR: join(folder, 'data') }) ?? this.skip()).ended

    expect(ended.code).to.equal(1)
    expect(ended.stderr).to.include(join(folder, 'dist')).and.include('DATA_DIR')
  })

  /** File modes do not stop root, so for root the whole file system is mounted again, read-only. Null if mounting is not allowed. */
  function readOnly(folder: string, dataDir: string | null, env: Record<string, string>): Program | null {
    if (process.getuid?.() !== 0) {
      chmodSync(folder, 0o555)
      return runProgram(SERVE[0] ?? '', SERVE.slice(1), { cwd: folder, env })
    }
    try {
      execFileSync('unshare', ['-m', 'true'], { stdio: 'ignore' })
    } catch {
      return null
    }
    const keep = dataDir === null ? '' : `mount --bind '${dataDir}' '${dataDir}' && `
    return runProgram('unshare', ['-m', 'sh', '-c', `${keep}mount -o remount,bind,ro / && exec "$@"`, 'sh', ...SERVE], { cwd: folder, env })
  }
})

import { cpSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { freePort } from '../../scripts/free-port.ts'
import { eventually } from '../support/eventually.ts'
import { freshMongoUri } from '../support/mongo.ts'
import { runProgram } from '../support/run-program.ts'
import { startScript } from '../support/run-script.ts'
import { SECRET_KEYS } from '../support/service.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const CHECKOUT = ['src', 'scripts', 'package.json', 'package-lock.json', 'tsconfig.json', '.npmrc']

describe('production installation', function () {
  this.timeout(600_000)
  const folder = temporaryFolder()

  async function npm(...parameters: string[]): Promise<void> {
    const { code, stdout, stderr } = await runProgram('npm', parameters, { cwd: folder }).ended
    expect(code, stdout + stderr).to.equal(0)
  }

  before(async () => {
    for (const name of CHECKOUT) cpSync(join(ROOT, name), join(folder, name), { recursive: true })
    await npm('ci', '--include=dev')
    await npm('run', 'build')
    await npm('ci', '--omit=dev')
  })

  it('serves pages and their files without the compiler or any development package', async () => {
    for (const name of ['esbuild', 'tsx', 'mocha', 'listr2', 'mongodb-memory-server-core'])
      expect(existsSync(join(folder, 'node_modules', name)), name).to.equal(false)
    const port = String(await freePort())
    const url = `http://127.0.0.1:${port}`
    const { child, ended, output } = startScript(
      'serve',
      { PORT: port, PUBLIC_URL: url, MONGODB_URI: freshMongoUri(), SECRET_KEYS },
      folder,
    )

    await eventually('it is ready', async () => (await fetch(`${url}/readyz`).catch(() => null))?.ok, 60_000)
    const page = await fetch(`${url}/sign-in`)
    const files = [...(await page.text()).matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map(([, path]) => path)
    const answers = await Promise.all([...files, '/api/docs', '/api/openapi.json'].map(async (path) => fetch(`${url}${path}`)))
    child.kill('SIGTERM')

    expect(files).to.not.be.empty
    expect([page, ...answers].map(({ status }) => status)).to.deep.equal([200, ...answers.map(() => 200)])
    expect((await ended).code, output()).to.equal(0)
  })

  it('runs the commands of operators', async () => {
    const env = { MONGODB_URI: freshMongoUri(), SECRET_KEYS }

    const ends = [await startScript('reseal', env, folder).ended, await startScript('after-restore', env, folder).ended]

    expect(ends.map(({ code }) => code), JSON.stringify(ends)).to.deep.equal([0, 0]) // prettier-ignore
  })
})

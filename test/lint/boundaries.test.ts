import { mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect } from 'chai'
import { FILES, forbiddenParts, PARTS } from '../../scripts/lint/import-direction.ts'
import { runProgram } from '../support/run-program.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const ROOT = join(import.meta.dirname, '../..')

interface Finding {
  readonly file: string
  readonly rule: string
  readonly message: string
}

/** Writes a small source tree, each file exporting `value`, and gives what oxlint finds in it by this repository's rules. */
async function lint(folder: string, files: Readonly<Record<string, string>>): Promise<Finding[]> {
  const root = mkdtempSync(join(folder, 'tree-'))
  writeFileSync(join(root, 'oxlint.config.ts'), `export { default } from '${join(ROOT, 'oxlint.config.ts')}'`)
  writeFileSync(join(root, 'tsconfig.json'), readFileSync(join(ROOT, 'tsconfig.json')))
  writeFileSync(join(root, 'package.json'), '{"type":"module"}')
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'))
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), `${content}\nexport const value = 1\n`)
  }
  const end = await runProgram(process.execPath, ['--import', 'tsx', join(ROOT, 'node_modules/oxlint/bin/oxlint'), '-f', 'json'], {
    cwd: root,
  }).ended
  const { diagnostics } = JSON.parse(end.stdout) as { diagnostics: { filename: string; code: string; message: string; help?: string }[] }
  return diagnostics.map(({ filename, code, message, help }) => ({ file: filename, rule: code, message: `${message} ${help ?? ''}` }))
}

const sourceOf = (part: string): string => (FILES.includes(part) ? `src/${part}.ts` : `src/${part}/thing.ts`)

function importOf(from: string, to: string): string {
  const start = FILES.includes(from) ? './' : '../'
  const name = to.replaceAll('-', '')
  return `import { value as ${name}Value } from '${start}${FILES.includes(to) ? `${to}.ts` : `${to}/thing.ts`}'\nexport const from${name} = ${name}Value`
}

const restricted = (findings: readonly Finding[]): string[] =>
  findings.filter(({ rule }) => rule.includes('no-restricted-imports')).map(({ file }) => file)

describe('lint: boundaries', function () {
  this.timeout(60_000)
  const folder = temporaryFolder()

  it('covers every folder and file of src', () => {
    const found = readdirSync(join(ROOT, 'src'), { withFileTypes: true }).map((entry) =>
      entry.isDirectory() ? entry.name : entry.name.replace(/\.tsx?$/, ''),
    )

    expect(found.filter((name) => !PARTS.includes(name))).to.deep.equal([])
  })

  it('catches an import to the left, sideways, and of the sandbox, and allows one to the right', async () => {
    const pairs: readonly (readonly [from: string, to: string, allowed: boolean])[] = [
      ['lever', 'connection', false],
      ['export', 'webhooks', false],
      ['web', 'jobs', false],
      ['mapping', 'mirror', false],
      ['accounts', 'compose', false],
      ['errors', 'lever', false],
      ['connection', 'sandbox', false],
      ['sandbox', 'errors', false],
      ['web', 'export', true],
      ['export', 'mirror', true],
      ['compose', 'web', true],
      ['lever', 'errors', true],
      ['config', 'errors', true],
    ]

    for (const [from, to, allowed] of pairs) expect(forbiddenParts(from).includes(to), `${from} > ${to}`).to.equal(!allowed)
  })

  it('checks every pair of parts against the table', async () => {
    const pairs = PARTS.flatMap((from) => PARTS.filter((to) => to !== from).map((to) => ({ from, to })))
    const planted = Object.fromEntries(
      PARTS.map((from) => [
        sourceOf(from),
        pairs
          .filter((pair) => pair.from === from)
          .map(({ to }) => importOf(from, to))
          .join('\n'),
      ]),
    )

    const findings = await lint(folder, planted)

    const caught = findings.flatMap(({ message }) => /([\w-]+) must not import ([\w-]+)/.exec(message)?.slice(1, 3).join(' > ') ?? [])
    const expected = pairs.filter(({ from, to }) => forbiddenParts(from).includes(to)).map(({ from, to }) => `${from} > ${to}`)
    expect(caught.toSorted()).to.deep.equal(expected.toSorted())
    expect(expected).to.have.length.above(200)
  })

  it('catches imports from deeper folders and type imports', async () => {
    const findings = await lint(folder, {
      'src/web/api/exports.ts': "import type { value as other } from '../../jobs/thing.ts'\nexport type Other = typeof other",
      'src/web/pages/page.ts': "import { value as other } from '../api/exports.ts'\nexport const page = other",
      'src/jobs/thing.ts': '',
    })

    expect(restricted(findings)).to.deep.equal(['src/web/api/exports.ts'])
  })

  it('catches a cycle', async () => {
    const findings = await lint(folder, {
      'src/export/first.ts': "import { value as second } from './second.ts'\nexport const one = second",
      'src/export/second.ts': "import { value as first } from './first.ts'\nexport const two = first",
    })

    expect(
      findings
        .filter(({ rule }) => rule.includes('no-cycle'))
        .map(({ file }) => file)
        .toSorted(),
    ).to.deep.equal(['src/export/first.ts', 'src/export/second.ts'])
  })

  it('catches a cycle of types', async () => {
    const findings = await lint(folder, {
      'src/export/first.ts': "import type { value as second } from './second.ts'\nexport type One = typeof second",
      'src/export/second.ts': "import type { value as first } from './first.ts'\nexport type Two = typeof first",
    })

    expect(findings.filter(({ rule }) => rule.includes('no-cycle'))).to.have.lengthOf(2)
  })

  it('keeps Koa in web and the sandbox, and Agenda in jobs and compose', async () => {
    const koa = "import type { Context } from 'koa'\nexport type C = Context"
    const agenda = "import { Agenda } from 'agenda'\nexport const a = Agenda"

    const findings = await lint(folder, {
      'src/web/api/x.ts': koa,
      'src/sandbox/x.ts': koa,
      'src/export/x.ts': koa,
      'src/jobs/x.ts': agenda,
      'src/compose/compose.ts': agenda,
      'src/webhooks/x.ts': agenda,
    })

    expect(restricted(findings).toSorted()).to.deep.equal(['src/export/x.ts', 'src/webhooks/x.ts'])
  })

  it('allows only mount-routes.ts to create a router in web', async () => {
    const router = "import Router from '@koa/router'\nexport const router = new Router()"

    const findings = await lint(folder, { 'src/web/shell/mount-routes.ts': router, 'src/web/pages/x.ts': router, 'src/web/app.ts': router })

    expect(restricted(findings).toSorted()).to.deep.equal(['src/web/app.ts', 'src/web/pages/x.ts'])
  })

  it('keeps pages and endpoints out of the shell of web', async () => {
    const page = "import { value as page } from '../pages/x.ts'\nexport const shown = page"

    const findings = await lint(folder, {
      'src/web/pages/x.ts': '',
      'src/web/shell/session.ts': page,
      'src/web/api/docs.ts': page,
      'src/web/shell/jobs.ts': "import { value as job } from '../../jobs/x.ts'\nexport const done = job",
      'src/jobs/x.ts': '',
    })

    expect(restricted(findings).toSorted()).to.deep.equal(['src/web/shell/jobs.ts', 'src/web/shell/session.ts'])
  })

  it('allows only config.ts to read the environment, in either way', async () => {
    const byGlobal = "export const home = process.env['HOME']"
    const byImport = "import { env } from 'node:process'\nexport const home = env['HOME']"

    const findings = await lint(folder, {
      'src/config.ts': byGlobal,
      'src/log.ts': byGlobal,
      'src/lever/client.ts': byImport,
      'src/sandbox/settings.ts': byGlobal,
      'scripts/tour.ts': byGlobal,
    })

    const caught = findings.filter(({ rule }) => /no-process-env|no-restricted-imports/.test(rule)).map(({ file }) => file)
    expect(caught.toSorted()).to.deep.equal(['src/lever/client.ts', 'src/log.ts', 'src/sandbox/settings.ts'])
  })

  it('catches a promise that is not awaited', async () => {
    const findings = await lint(folder, { 'src/export/x.ts': 'const work = async (): Promise<number> => 1\nwork()' })

    expect(findings.map(({ rule }) => rule).join()).to.include('no-floating-promises')
  })
})

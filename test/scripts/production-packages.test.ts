import { readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { expect } from 'chai'
import { parseSync } from 'oxc-parser'
import { PROGRAMS } from '../../scripts/bundle.mjs'

const ROOT = join(import.meta.dirname, '../..')
const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { dependencies: Record<string, string> }

/** What starts in production. */
const STARTED = [...PROGRAMS, 'scripts/bootstrap.mjs', 'scripts/serve.mjs', 'scripts/run-compiled.mjs', 'scripts/build.mjs']
/** Packages that are loaded on a machine for development alone, by `await import`. */
const LOADED_FOR_DEVELOPMENT: Readonly<Record<string, string>> = {
  tsx: 'scripts/bootstrap.mjs', // for programs in TypeScript
  esbuild: 'scripts/bundle.mjs', // where the build is missing or old
  'mongodb-memory-server-core': 'scripts/mongod/fetch-by-memory-server.ts', // where no MongoDB is given or installed
}

interface Import {
  readonly from: string
  readonly isDynamic: boolean
}

/** What a file imports when it runs; types are not. */
function importsOf(path: string): Import[] {
  const text = readFileSync(path, 'utf8')
  const { module } = parseSync(path, text)
  const isValue = (entries: readonly { isType: boolean }[]): boolean => entries.length === 0 || entries.some(({ isType }) => !isType)
  const imported = module.staticImports.filter(({ entries }) => isValue(entries)).map(({ moduleRequest }) => moduleRequest.value)
  const exported = module.staticExports.flatMap(({ entries }) =>
    entries.filter(({ isType }) => !isType).flatMap(({ moduleRequest }) => moduleRequest?.value ?? []),
  )
  const loaded = module.dynamicImports.map(({ moduleRequest }) => /^'(.+)'$/.exec(text.slice(moduleRequest.start, moduleRequest.end))?.[1])
  return [
    ...[...imported, ...exported].map((from) => ({ from, isDynamic: false })),
    ...loaded.filter((from) => from !== undefined).map((from) => ({ from, isDynamic: true })),
  ]
}

/** Packages that these programs import, and the files that do. */
function packagesOf(programs: readonly string[]): { name: string; file: string; isDynamic: boolean }[] {
  const open = programs.map((program) => join(ROOT, program))
  const found = []
  for (const path of open) {
    for (const { from, isDynamic } of importsOf(path)) {
      const target = join(dirname(path), from)
      if (!from.startsWith('.')) found.push({ name: packageName(from), file: relative(ROOT, path), isDynamic })
      else if (!open.includes(target)) open.push(target)
    }
  }
  return found.filter(({ name }) => !name.startsWith('node:') && !builtinModules.includes(name))
}

const packageName = (from: string): string =>
  from
    .split('/')
    .slice(0, from.startsWith('@') ? 2 : 1)
    .join('/')

describe('packages in production', () => {
  it('are dependencies, not development dependencies', () => {
    const packages = packagesOf(STARTED)

    const isLoadedLater = ({ name, file, isDynamic }: (typeof packages)[number]): boolean =>
      isDynamic && LOADED_FOR_DEVELOPMENT[name] === file
    const missing = packages.filter((one) => !(one.name in dependencies) && !isLoadedLater(one))
    expect(missing).to.deep.equal([])
    expect(packages.map(({ name }) => name)).to.include.members(['koa', 'agenda', 'mongoose', '@koa/router', 'tsx'])
  })
})

/**
 * Compiles `src` into JavaScript, file by file, for production. Writes to `dist`, or to `DATA_DIR` if `dist` is on a read-only file
 * system. Plain JavaScript, since it runs before anything is compiled.
 */
import { build, stop } from 'esbuild'
import { cpSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { tryLock, unwritableReason } from './lock-file.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const source = join(root, 'src')
/** `ENOENT`: Node's error for a folder that it cannot create on a read-only file system. */
const CANNOT_WRITE = new Set(['EROFS', 'EACCES', 'EPERM', 'ENOENT'])

/**
 * Compiles if the build is missing or older than the sources, and only once if several processes start at the same time. Resolves to the
 * entry file of the service. Throws an error with an explanation if nothing can be written.
 */
export async function compileIfStale() {
  const places = buildPlaces()
  const fresh = places.find(isFresh)
  return mainOf(fresh ?? (await compileInto(places, isFresh)))
}

/** Compiles even if there is a build. */
export async function compile() {
  return mainOf(await compileInto(buildPlaces(), () => false))
}

function buildPlaces() {
  return [root, join(resolve(process.env.DATA_DIR?.trim() || '.data'), 'build')]
}

const buildOf = (place) => join(place, 'dist')
const mainOf = (place) => join(buildOf(place), 'main.js')
/** Written last, so that an interrupted build does not count. */
const stampOf = (place) => join(buildOf(place), '.built')

async function compileInto([place, ...others], isDone) {
  try {
    await underLock(place, async () => {
      if (!isDone(place)) await compileSources(place)
    })
    return place
  } catch (error) {
    if (!CANNOT_WRITE.has(error.code)) throw error
    if (others.length > 0) return compileInto(others, isDone)
    throw new Error(
      `Neither ${buildOf(root)} nor ${buildOf(place)} can be written (${unwritableReason(error.code)}), and the service must be compiled: run npm run build where one of them can be written, or set DATA_DIR to a writable folder.`,
      { cause: error },
    )
  }
}

async function underLock(place, run) {
  mkdirSync(buildOf(place), { recursive: true })
  for (;;) {
    const attempt = await tryLock(join(buildOf(place), '.lock'))
    if (attempt.release) return run().finally(() => attempt.release())
    await sleep(100)
  }
}

async function compileSources(place) {
  const outdir = buildOf(place)
  rmSync(stampOf(place), { force: true })
  const begunAt = new Date()
  await build({
    entryPoints: sourceFiles().filter((file) => /\.tsx?$/.test(file)),
    outdir,
    outbase: source,
    bundle: true,
    packages: 'external',
    plugins: [eachForItself],
    format: 'esm',
    platform: 'node',
    target: 'node20',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    sourcemap: true,
    logLevel: 'warning',
  })
  await stop()
  for (const asset of sourceFiles().filter((file) => !/\.(tsx?|md)$/.test(file))) cpSync(asset, join(outdir, asset.slice(source.length)))
  if (place !== root) bringAlong(place)
  writeFileSync(stampOf(place), '')
  utimesSync(stampOf(place), begunAt, begunAt) // a file changed during compilation is newer
}

/** Every file stays separate, and imports the others by their compiled names. */
const eachForItself = {
  name: 'each for itself',
  setup(compiling) {
    compiling.onResolve({ filter: /^\.\.?\// }, ({ path, kind }) =>
      kind === 'entry-point' ? undefined : { path: path.replace(/\.tsx?$/, '.js'), external: true },
    )
  },
}

/** Files that the service expects beside its build. */
function bringAlong(place) {
  cpSync(join(root, 'package.json'), join(place, 'package.json'))
  rmSync(join(place, 'node_modules'), { force: true, recursive: true })
  symlinkSync(join(root, 'node_modules'), join(place, 'node_modules'), 'junction')
}

function isFresh(place) {
  const builtAt = statSync(stampOf(place), { throwIfNoEntry: false })?.mtimeMs
  return builtAt !== undefined && sourceFiles().every((file) => statSync(file).mtimeMs <= builtAt)
}

/** The local Lever is not part of the production service. */
function sourceFiles() {
  return readdirSync(source, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.startsWith(join(source, 'sandbox')))
    .map(({ parentPath, name }) => join(parentPath, name))
}

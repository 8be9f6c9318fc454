/**
 * Keeps the build up to date: the service, the local Lever and the operators' commands, compiled into JavaScript by `bundle.mjs`. Writes to
 * `dist`, or to `DATA_DIR` if `dist` is on a read-only file system. This is plain JavaScript, because it runs before anything is compiled.
 */
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { bundle } from './bundle.mjs'
import { tryLock, unwritableReason } from './lock-file.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const compiler = join(root, 'node_modules', 'esbuild', 'package.json')
/** `ENOENT` is Node's error for a folder that it cannot create on a read-only file system. */
const CANNOT_WRITE = new Set(['EROFS', 'EACCES', 'EPERM', 'ENOENT'])
const HOW_TO_BUILD =
  'The build is missing or older than the sources, and the compiler is not installed. Install the development packages (npm ci --include=dev) and run npm run build first; after that, npm ci --omit=dev may remove them.'

/**
 * Runs the compiled file of a program, for example `src/main.ts`, in this process. Compiles first if the build is missing or older than the
 * sources, and only once if several processes start at the same time.
 */
export async function runCompiled(program) {
  const build = await upToDateBuild().catch(endWithMessage)
  process.setSourceMapsEnabled(true)
  await import(pathToFileURL(join(build, program.replace(/\.ts$/, '.js'))).href)
}

/** Compiles even if there is a build; resolves to its folder. */
export async function compile() {
  return buildOf(await compileInto(buildPlaces(), () => false).catch(endWithMessage))
}

function endWithMessage(error) {
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
}

async function upToDateBuild() {
  const places = buildPlaces()
  const place = places.find(isFresh) ?? (hasCompiler() ? undefined : places.find(isUnchanged))
  return buildOf(place ?? (await compileInto(places, isFresh)))
}

const hasCompiler = () => existsSync(compiler)

function buildPlaces() {
  return [root, join(resolve(process.env.DATA_DIR?.trim() || '.data'), 'build')]
}

const buildOf = (place) => join(place, 'dist')
/** Holds a hash of the sources. Written last, so that an interrupted build does not count. */
const stampOf = (place) => join(buildOf(place), '.built')

async function compileInto([place, ...others], isDone) {
  if (!hasCompiler()) throw new Error(HOW_TO_BUILD)
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
  const build = buildOf(place)
  rmSync(stampOf(place), { force: true })
  const begunAt = new Date()
  const hash = hashOfSources()
  for (const name of ['src', 'scripts']) rmSync(join(build, name), { recursive: true, force: true })
  await bundle(root, build).catch((error) => {
    throw new Error(`The sources cannot be compiled.\n${error.message}`, { cause: error })
  })
  for (const asset of assets()) cpSync(asset, join(build, relative(root, asset)))
  if (place !== root) linkPackages(place)
  writeFileSync(stampOf(place), hash)
  utimesSync(stampOf(place), begunAt, begunAt) // a file changed during compilation is newer
}

/** Copies files that the compiled programs expect next to them. */
function assets() {
  const ofService = filesIn('src').filter((file) => !/\.(tsx?|md)$/.test(file))
  return [...ofService, join(root, 'package.json')]
}

function linkPackages(place) {
  rmSync(join(place, 'node_modules'), { force: true, recursive: true })
  symlinkSync(join(root, 'node_modules'), join(place, 'node_modules'), 'junction')
}

/** False for a build from the future, by a process whose clock was wrong: every change of a source would look older. */
function isFresh(place) {
  const builtAt = statSync(stampOf(place), { throwIfNoEntry: false })?.mtimeMs
  return builtAt !== undefined && builtAt <= Date.now() && sources().every((file) => statSync(file).mtimeMs <= builtAt)
}

/** True also if the sources only look newer, for example because they were copied after the build. */
function isUnchanged(place) {
  return existsSync(stampOf(place)) && readFileSync(stampOf(place), 'utf8') === hashOfSources()
}

function hashOfSources() {
  const hash = createHash('sha256')
  for (const file of sources().toSorted((a, b) => (a < b ? -1 : 1))) hash.update(`${relative(root, file)}\n`).update(readFileSync(file))
  return hash.digest('hex')
}

function sources() {
  return [
    ...filesIn('src'),
    ...filesIn('scripts'),
    ...['tsconfig.json', 'package.json', 'package-lock.json'].map((name) => join(root, name)),
  ]
}

function filesIn(folder) {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
}

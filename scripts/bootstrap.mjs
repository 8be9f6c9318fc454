/**
 * Runs before every npm script: `node scripts/bootstrap.mjs [--if-missing] TARGET [arguments]`. Makes sure that node_modules matches
 * package-lock.json, then runs TARGET (a .ts file, or a package's .js) in this same process, so that it receives npm's signals and npm its
 * exit code. `--if-missing` leaves an existing node_modules unchanged, since production installs with `npm ci --omit=dev`. Depends only on
 * Node.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { tryLock } from './lock-file.mjs'

const OLDEST_NODE = [20, 19]
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP']
const root = dirname(dirname(fileURLToPath(import.meta.url)))
const stampFile = join(root, 'node_modules', '.lock-file-hash')
const installLock = join(root, '.install.lock')

const onlyIfMissing = process.argv[2] === '--if-missing'
const [target, ...targetArguments] = process.argv.slice(onlyIfMissing ? 3 : 2)

refuseOldNode()
if (!target) stopWith('Usage: node scripts/bootstrap.mjs [--if-missing] TARGET [arguments]')
// while another process installs, the existing packages are incomplete
if (whyInstall() || existsSync(installLock)) await installOnce()
await run(resolve(root, target))

function refuseOldNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return
  stopWith(
    `Fulcrum needs Node ${OLDEST_NODE.join('.')} or newer, and this is Node ${process.versions.node}. Install a newer one from https://nodejs.org and try again.`,
  )
}

/** Returns why packages have to be installed, as text, or null if they need not be. */
function whyInstall() {
  if (!existsSync(join(root, 'node_modules'))) return 'they are missing'
  if (onlyIfMissing) return null
  const stamp = existsSync(stampFile) ? readFileSync(stampFile, 'utf8') : null
  if (stamp === lockFileHash()) return null
  if (!isInstalledByHand()) return stamp === null ? 'the last installation was not finished' : 'package-lock.json has changed'
  writeFileSync(stampFile, lockFileHash())
  return null
}

function lockFileHash() {
  return createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
}

/** True if a developer's own `npm install` has installed what the lock file says: npm records at its end what it installed. */
function isInstalledByHand() {
  try {
    const wanted = readPackages('package-lock.json')
    const installed = readPackages('node_modules/.package-lock.json')
    const isThere = ([path, { version, optional, link }]) => optional || link || installed[path]?.version === version
    return Object.entries(wanted).every(isThere) && Object.keys(installed).every((path) => path in wanted)
  } catch {
    return false
  }
}

function readPackages(file) {
  const { '': _self, ...packages } = JSON.parse(readFileSync(join(root, file), 'utf8')).packages
  return packages
}

async function installOnce() {
  const lock = await waitForLock(installLock)
  try {
    const reason = whyInstall() // another process may have installed while this one waited
    if (reason) await install(reason)
  } finally {
    await lock.release()
  }
}

async function waitForLock(path) {
  for (let waitingFor = 0; ; await sleep(100)) {
    const attempt = await tryLock(path).catch((error) =>
      stopWith(
        `Cannot write to ${root} (${error.code}): installing packages requires it. Give this user write access, or clone into a folder of your own.`,
      ),
    )
    if (attempt.release) return attempt
    if (attempt.heldBy !== waitingFor) say(`Waiting for process ${attempt.heldBy}, which is installing the packages…`)
    waitingFor = attempt.heldBy
  }
}

async function install(reason) {
  say(`Installing packages with npm ci, because ${reason} (about a minute)…`)
  const startedAt = performance.now()
  const result = await npmCi()
  if (result.code !== 0) stopWith(explainFailure(result))
  writeFileSync(stampFile, lockFileHash())
  say(`Packages installed in ${Math.round((performance.now() - startedAt) / 1000)} s.`)
}

/** Runs `npm ci` and passes its lines on; resolves to its exit code and output. */
function npmCi() {
  return new Promise((done) => {
    let output = ''
    const passOn = (signal) => child.kill(signal) // an npm that keeps running would collide with the next one
    for (const signal of SIGNALS) process.once(signal, passOn) // before npm starts, so that no signal ends only this process
    const child = startNpm()
    const beat = setInterval(() => say('  …still installing'), 15_000)
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk)).pipe(process.stderr, { end: false })
    child.on('error', (error) => finish({ code: 1, output: `${output}\n${error.message}`, npmMissing: error.code === 'ENOENT' }))
    child.on('close', (code, signal) => (signal ? process.exit(130) : finish({ code, output, npmMissing: false })))
    function finish(result) {
      clearInterval(beat)
      for (const signal of SIGNALS) process.off(signal, passOn)
      done(result)
    }
  })
}

/**
 * Uses the npm that runs this script, if any. Development packages are always included, whatever NODE_ENV says: the installed packages have
 * to serve every script.
 */
function startNpm() {
  const runningNpm = /npm-cli\.c?js$/.test(process.env.npm_execpath ?? '') ? process.env.npm_execpath : null
  const onWindows = process.platform === 'win32'
  const [command, ...first] = runningNpm ? [process.execPath, runningNpm] : [onWindows ? 'npm.cmd' : 'npm']
  return spawn(command, [...first, 'ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, SCARF_ANALYTICS: 'false' },
    shell: !runningNpm && onWindows,
  })
}

function explainFailure({ output, npmMissing }) {
  if (npmMissing) return 'npm was not found. Install Node with npm from https://nodejs.org, then try again.'
  const causes = [
    [
      /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|network/i,
      'The package registry could not be reached. Check the network (and HTTPS_PROXY or npm’s registry setting, if this network needs one), then try again.',
    ],
    [
      /EACCES|EPERM|EROFS/,
      `A file could not be written. Give this user write access to ${root} and to npm’s cache (npm config get cache), then try again.`,
    ],
    [/ENOSPC/, 'The disk is full. Free about 400 MB, then try again.'],
    [
      /SELF_SIGNED|UNABLE_TO_(GET_ISSUER|VERIFY)|CERT_/,
      'The registry’s certificate is not trusted here. If there is a company proxy, set NODE_EXTRA_CA_CERTS to its certificate, then try again.',
    ],
    [
      /package\.json and package-lock\.json.*(in sync|not in sync)/s,
      'package.json and package-lock.json disagree. Run npm install once and commit the lock file.',
    ],
  ]
  const cause = causes.find(([pattern]) => pattern.test(output))
  return `npm ci failed. ${cause ? cause[1] : 'See its output above. Fix the problem, then try again.'}`
}

/** Continues with the target as if it had been started directly. */
async function run(file) {
  process.argv = [process.argv[0], file, ...targetArguments]
  if (/\.[mc]?tsx?$/.test(file)) {
    const { register } = await import('tsx/esm/api')
    process.setSourceMapsEnabled(true)
    register()
  }
  await import(pathToFileURL(file).href)
}

function say(line) {
  process.stderr.write(`${line}\n`)
}

function stopWith(message) {
  say(message)
  process.exit(1)
}

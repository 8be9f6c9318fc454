/**
 * `node scripts/complete-lock-file.mjs`, after package-lock.json was created again: adds the optional packages for other systems that npm
 * leaves out if the registry in use does not serve them. Without their entries, `npm ci` of npm 11 refuses the lock file, and a machine
 * with another system would not get its packages. These entries have no integrity, which a test refuses: with a registry that serves the
 * packages, remove the entries and run `npm install --package-lock-only`.
 */
import { readFileSync, writeFileSync } from 'node:fs'

const SYSTEM = /(android|darwin|freebsd|linux|openharmony|win32|wasm32)-(arm64|arm|x64|ia32|ppc64|riscv64|s390x|wasi)(.*)$/

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'))
const missing = Object.values(lock.packages).flatMap(missingFrom)
const packages = { ...lock.packages, ...Object.fromEntries(missing) }
lock.packages = Object.fromEntries(Object.entries(packages).toSorted(([a], [b]) => a.localeCompare(b, 'en')))
writeFileSync('package-lock.json', `${JSON.stringify(lock, null, 2)}\n`)
process.stdout.write(`${missing.length} packages for other systems added\n`)

function missingFrom(parent) {
  return Object.entries(parent.optionalDependencies ?? {})
    .filter(([name]) => !lock.packages[`node_modules/${name}`] && SYSTEM.test(name))
    .map(([name, version]) => [`node_modules/${name}`, entryFor(name, version, parent)])
}

function entryFor(name, version, parent) {
  const [, os, cpu, variant] = SYSTEM.exec(name)
  const isWasm = os === 'wasm32'
  return {
    version,
    cpu: [isWasm ? 'wasm32' : cpu],
    ...(parent.dev ? { dev: true } : {}),
    ...(os === 'linux' ? { libc: [variant.includes('musl') ? 'musl' : 'glibc'] } : {}),
    license: parent.license,
    optional: true,
    ...(isWasm ? {} : { os: [os] }),
    ...(parent.engines ? { engines: parent.engines } : {}),
  }
}

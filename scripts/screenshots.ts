/** `npm run screenshots`: pictures of every page of both products, wide and narrow, light and dark, from its own instance. */
import { join } from 'node:path'
import { launchBrowser } from './browser/launch-browser.ts'
import { startOwnInstance } from './own-instance.ts'
import { createCamera } from './screenshots/camera.ts'
import { composePictures } from './screenshots/compose-pictures.ts'
import { exportSome, setUp, shootAll } from './screenshots/walk.ts'
import { seedSamples } from './seed-samples.ts'

const FOLDER = join(import.meta.dirname, 'screenshots', 'all')
const README_FOLDER = join(import.meta.dirname, 'screenshots', 'readme')

const say = (line: string): void => void process.stdout.write(`${line}\n`)

const instance = await startOwnInstance({ samplePeople: true })
const browser = await launchBrowser(say)
try {
  await seedSamples(instance)
  const page = await (await browser.newContext({ locale: 'en-US', reducedMotion: 'reduce' })).newPage()
  const camera = await createCamera(FOLDER, README_FOLDER)
  const walk = { instance, page, camera }
  await setUp(walk)
  await exportSome(walk)
  await shootAll(walk, `${instance.url}/candidates`, 'page')
  await shootAll(walk, `${instance.sandbox?.url ?? ''}/`, 'lever')
  await page.goto(`${instance.url}/settings/ats`)
  for (const scheme of ['light', 'dark'] as const) await camera.shootFor(page, `overview-${scheme}`, { width: 'wide', scheme })
  await composePictures(page, FOLDER, README_FOLDER)
  say(`The screenshots are in ${FOLDER}, and those for the README in ${README_FOLDER}.`)
} finally {
  await browser.close()
  await instance.stop()
}
process.exit(0)

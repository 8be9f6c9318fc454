import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { installedChromiums } from '../../scripts/browser/installed-chromium.ts'
import { launchBrowser } from '../../scripts/browser/launch-browser.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

describe('starting a browser', () => {
  const folder = temporaryFolder()
  const path = process.env['PATH']

  before(async () => {
    const broken = join(folder, 'chromium')
    await writeFile(broken, '#!/bin/sh\necho "install it with snap" >&2\nexit 1\n')
    await chmod(broken, 0o755)
    process.env['PATH'] = folder
  })
  after(() => {
    process.env['PATH'] = path
  })

  it('tries the next one if an installed one does not start', async function () {
    this.timeout(300_000)
    expect((await installedChromiums(process.env))[0]).to.equal(join(folder, 'chromium'))

    const browser = await launchBrowser(() => undefined)
    const version = browser.version()
    await browser.close()

    expect(version).to.match(/^\d+\./)
  })
})

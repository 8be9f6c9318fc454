import { expect } from 'chai'
import { NARROW, startBrowser, type BrowserForTests } from '../support/browser.ts'
import { startService, type ServiceForTests } from '../support/service.ts'

describe('/api/docs in a browser', function () {
  this.timeout(120_000)
  let service: ServiceForTests
  let browser: BrowserForTests

  before(async function () {
    this.timeout(300_000)
    service = await startService()
    browser = await startBrowser(service.url)
  })
  after(async () => {
    await browser.stop()
    await service.stop()
  })

  it('shows every operation of the document, with nothing blocked by the policy or wider than a narrow screen', async () => {
    const document = (await (await fetch(`${service.url}/api/openapi.json`)).json()) as { paths: Record<string, object> }
    const operations = Object.values(document.paths).flatMap((path) => Object.keys(path))
    const { page, faults, close } = await browser.open({ viewport: NARROW })

    await page.goto('/api/docs')
    await page.getByRole('button', { name: 'Preview an export' }).click()
    await page.getByText('duplicatesChecked').first().waitFor()

    expect(await page.locator('.opblock').count()).to.equal(operations.length)
    expect(await page.evaluate('document.documentElement.scrollWidth')).to.equal(NARROW.width)
    expect(faults).to.deep.equal([])
    await close()
  })
})

import type { Page } from 'playwright-core'
import { LEVER_ADMIN } from '../support/lever.ts'
import type { Api } from '../support/service.ts'

/** Signs the person in by a link that leads to the page. */
export async function signIn(page: Page, api: Api, path = '/', userEmail = LEVER_ADMIN): Promise<void> {
  const link = await api.post<{ url: string }>('sign-in-links', { userEmail, path })
  await page.goto(link.body.url)
}

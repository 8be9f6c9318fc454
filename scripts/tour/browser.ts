/** The admin's browser, as far as the tour needs one: cookies, redirects, and buttons of plain forms. */
import { got } from 'got'
import { CookieJar } from 'tough-cookie'

export interface Page {
  url: string
  status: number
  body: string
}

export interface Browser {
  open(url: string): Promise<Page>
  /**
   * Presses the button of the page's form with this action; the form's hidden fields are sent with `fields`.
   * @throws Error if the page has no such form
   */
  submit(page: Page, action: string, fields: Record<string, string>): Promise<Page>
}

const MOST_REDIRECTS = 12

export function openBrowser(): Browser {
  const cookieJar = new CookieJar()
  const client = got.extend({ cookieJar, followRedirect: false, throwHttpErrors: false, retry: { limit: 0 } })

  async function visit(url: string, form?: Record<string, string>): Promise<Page> {
    let at = url
    for (let hop = 0; hop < MOST_REDIRECTS; hop += 1) {
      const response = await client(at, hop === 0 && form ? { method: 'POST', form } : { method: 'GET' })
      const { location } = response.headers
      if (!location) return { url: at, status: response.statusCode, body: response.body }
      at = new URL(location, at).toString()
    }
    throw new Error(`${url} redirects without end`)
  }

  return {
    open: (url) => visit(url),
    submit: (page, action, fields) => visit(new URL(action, page.url).toString(), { ...hiddenFields(formOf(page, action)), ...fields }),
  }
}

function formOf({ body, url }: Page, action: string): string {
  const forms = body.match(/<form\b.*?<\/form>/gs) ?? []
  const wanted = new URL(action, url).toString()
  const found = forms.find((form) => new URL(attribute(form, 'action'), url).toString() === wanted)
  if (found === undefined) throw new Error(`${url} has no form for ${action}`)
  return found
}

function hiddenFields(html: string): Record<string, string> {
  const inputs = html.matchAll(/<input\b[^>]*type="hidden"[^>]*>/g)
  const pairs = [...inputs].map(([input]) => [attribute(input, 'name'), attribute(input, 'value')])
  return Object.fromEntries(pairs)
}

function attribute(tag: string, name: string): string {
  const [, value = ''] = new RegExp(`\\b${name}="([^"]*)"`).exec(tag) ?? []
  return value.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}

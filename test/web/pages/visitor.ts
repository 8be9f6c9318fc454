/** A person's browser without JavaScript: cookies, redirects, and the forms of a page's HTML. */
import { got, type Response } from 'got'
import { CookieJar } from 'tough-cookie'
import { unmaskCsrfToken } from '../../../src/web/shell/csrf-token.ts'
import type { Api } from '../../support/service.ts'

export interface Shown {
  status: number
  /** Path and query of the page after redirects. */
  path: string
  html: string
}

export type Fields = Record<string, string | string[]>

export interface Visitor {
  jar: CookieJar
  open(path: string): Promise<Shown>
  /** Presses a button: posts the fields with the session's CSRF token and opens the next page. A list is sent as several fields with the same name. */
  send(path: string, fields?: Fields): Promise<Shown>
  /** The target of a form, without opening it. */
  leadsTo(path: string, fields?: Fields): Promise<string>
}

/** Signs the person in with a link and opens pages as they do, in `language`. */
export async function visit(url: string, api: Api, userEmail: string, language = 'en'): Promise<Visitor> {
  const link = await api.post<{ url: string }>('sign-in-links', { userEmail, path: '/candidates' })
  if (link.status !== 201) throw new Error(`no link: ${JSON.stringify(link.body)}`)
  const visitor = browse(url, { language })
  await visitor.open(new URL(link.body.url).pathname)
  return visitor
}

/** A browser in which nobody is signed in; `address` is its network address, as a proxy would report it. */
export function browse(url: string, { language = 'en', address }: { language?: string; address?: string } = {}): Visitor {
  const jar = new CookieJar()
  const client = got.extend({
    prefixUrl: url,
    cookieJar: jar,
    throwHttpErrors: false,
    retry: { limit: 0 },
    headers: { accept: 'text/html', 'accept-language': language, ...(address === undefined ? {} : { 'x-forwarded-for': address }) },
  })
  let csrf: string | undefined

  const shown = ({ statusCode, url: at, body: html }: Response<string>): Shown => {
    const { pathname, search } = new URL(at)
    if (html.startsWith('<!doctype')) csrf = /<meta name="csrf-token" content="([^"]+)"/.exec(html)?.[1]
    return { status: statusCode, path: pathname + search, html }
  }
  const form = (fields: Fields) => {
    const all: Fields = { ...(csrf === undefined ? {} : { _csrf: csrf }), ...fields }
    const body = new URLSearchParams(Object.entries(all).flatMap(([name, values]) => [values].flat().map((value) => [name, value])))
    return { body: body.toString(), headers: { 'content-type': 'application/x-www-form-urlencoded' } }
  }
  return {
    jar,
    open: async (path) => shown(await client(path.slice(1))),
    send: async (path, fields = {}) => shown(await client.post(path.slice(1), { ...form(fields), methodRewriting: true })),
    async leadsTo(path, fields = {}) {
      const { headers } = await client.post(path.slice(1), { ...form(fields), followRedirect: false })
      return headers.location ?? ''
    },
  }
}

/** The session's token in the first form of a page, as it is before it is masked. */
export function carriedToken(html: string): string {
  return unmaskCsrfToken(/name="_csrf" value="([^"]+)"/.exec(html)?.[1] ?? '')
}

/**
 * The fields of a page's form with their values, including hidden ones and switches, without the session's CSRF token. Takes the form that
 * posts to `action`, or else the one with the most fields.
 */
export function fieldsOf(html: string, action = ''): Record<string, string> {
  const forms = [...html.matchAll(/<form\b[^>]*method="post"[^>]*>.*?<\/form>/gs)].map(([form]) => form)
  const all = forms.filter((form) => form.includes(`action="${action}`) && !form.includes('action="/language"')).map(fieldsIn)
  return all.toSorted((a, b) => Object.keys(b).length - Object.keys(a).length)[0] ?? {}
}

function fieldsIn(html: string): Record<string, string> {
  const fields: Record<string, string> = {}
  for (const [tag] of html.matchAll(/<input\b(?:"[^"]*"|[^>"])*>/g)) {
    const name = attribute(tag, 'name')
    const isOff = attribute(tag, 'type') === 'checkbox' && !/\schecked(\s|>|=)/.test(tag)
    if (name !== '' && name !== '_csrf' && !isOff) fields[name] = attribute(tag, 'value') || (tag.includes('checkbox') ? 'on' : '')
  }
  return fields
}

/** The row of a table that contains `text`. */
export function rowOf(html: string, text: string): string {
  const found = [...html.matchAll(/<tr\b.*?<\/tr>/gs)].map(([row]) => row).find((row) => row.includes(text))
  if (found === undefined) throw new Error(`no row tells of ${text}`)
  return found
}

function attribute(tag: string, name: string): string {
  const [, value = ''] = new RegExp(`\\s${name}="([^"]*)"`).exec(tag) ?? []
  return value.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}

/** Fulcrum's API and the local Lever's control interface, as the tour calls them. */
import { got, HTTPError } from 'got'

export interface Calls {
  get<T>(path: string): Promise<T>
  send<T>(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<T>
  sendCsv<T>(path: string, csv: Buffer): Promise<T>
}

/** @throws Error that names the call, the status and the answer if it is not 2xx */
export function createCalls(baseUrl: string, bearer?: string): Calls {
  const client = got.extend({
    prefixUrl: baseUrl,
    retry: { limit: 0 },
    timeout: { request: 30_000 },
    ...(bearer ? { headers: { authorization: `Bearer ${bearer}` } } : {}),
  })
  const checked = async <T>(call: string, run: () => Promise<{ body: string }>): Promise<T> => {
    try {
      const { body } = await run()
      return (body === '' ? undefined : JSON.parse(body)) as T
    } catch (error) {
      if (!(error instanceof HTTPError)) throw error
      throw new Error(`${call} answered ${error.response.statusCode}: ${String(error.response.body)}`, { cause: error })
    }
  }
  return {
    get: (path) => checked(`GET ${path}`, () => client.get(path)),
    send: (method, path, body) =>
      checked(`${method} ${path}`, () => client(path, { method, ...(body === undefined ? {} : { json: body }) })),
    sendCsv: (path, csv) =>
      checked(`POST ${path}`, () => client.post(path, { body: csv, headers: { 'content-type': 'text/csv; charset=utf-8' } })),
  }
}

/** Repeats `read` until it gives a value; the error names what it waited for. */
export async function until<T>(what: string, read: () => Promise<T | null | undefined | false>, withinMs = 20_000): Promise<T> {
  const deadline = performance.now() + withinMs
  for (;;) {
    const value = await read()
    if (value) return value
    if (performance.now() > deadline) throw new Error(`Not within ${withinMs / 1000} s: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** Verifies a step's result. The tour ends if it does not hold. */
export function verify(holds: boolean, what: string): void {
  if (!holds) throw new Error(`Not so: ${what}`)
}

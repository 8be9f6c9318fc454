/** The latest requests to the API and the token endpoint, for people who test against the sandbox. */

const KEPT = 20_000

export interface LoggedRequest {
  seq: number
  /** ms since the epoch */
  at: number
  method: string
  /** without `/v1`, e.g. `/opportunities`; the token endpoint is `/oauth/token` */
  path: string
  query: Record<string, string | string[]>
  /** the parsed JSON or form body of a write; secrets of the token endpoint are left out */
  body: unknown
  /** null if the connection ended without an answer */
  status: number | null
  /** `key:…`, `app:…` or null */
  credential: string | null
  /** the id of what the request created or changed */
  effectId: string | null
  /** the kind of the fault that hit it */
  fault: string | null
}

export class RequestLog {
  #entries: LoggedRequest[] = []
  #seq = 0

  /** The entry stays open: later facts are set on it. */
  open(request: Pick<LoggedRequest, 'at' | 'method' | 'path' | 'query'>): LoggedRequest {
    this.#seq += 1
    const entry: LoggedRequest = { seq: this.#seq, ...request, body: null, status: null, credential: null, effectId: null, fault: null }
    this.#entries.push(entry)
    if (this.#entries.length > KEPT * 1.1) this.#entries = this.#entries.slice(-KEPT)
    return entry
  }

  /** `since` is a time in ms; `path` is a prefix. */
  list(filter: { since?: number | undefined; path?: string | undefined }): LoggedRequest[] {
    return this.#entries.filter((entry) => entry.at >= (filter.since ?? 0) && entry.path.startsWith(filter.path ?? ''))
  }

  clear(): void {
    this.#entries = []
  }
}

import type { LeverPath } from './lever-path.ts'

export interface ApiAddressOptions {
  /** As configured, such as `https://api.lever.co/v1`, without a slash at its end. */
  apiUrl: string
  /** Where Lever has redirected this account's calls for good, if it did. */
  movedTo?: string | null | undefined
  /** Told of such a redirect, and with null when nothing answers there any more. */
  onMoved?: ((apiUrl: string | null) => Promise<void>) | undefined
}

/** Where an account's API is: at the configured address, or where Lever has redirected it for good (301, 308), as to another region. */
export interface ApiAddress {
  current(): string
  /** `location` is where a permanent redirect of a call to `path` led. */
  moved(location: URL, path: LeverPath): Promise<void>
  /** Nothing could be sent there: from the next call on the configured address is asked again. */
  unreachable(): Promise<void>
}

export function createApiAddress({ apiUrl, movedTo = null, onMoved }: ApiAddressOptions): ApiAddress {
  let there = movedTo
  const change = async (to: string | null): Promise<void> => {
    if (to === there) return
    there = to
    await onMoved?.(to)
  }
  return {
    current: () => there ?? apiUrl,
    async moved(location, path) {
      // one that leads to another path is about this call, not about the API
      if (location.pathname.endsWith(path)) await change(location.origin + location.pathname.slice(0, -path.length))
    },
    unreachable: () => change(null),
  }
}

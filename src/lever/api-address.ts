import type { LeverPath } from './lever-path.ts'

export interface ApiAddressOptions {
  /** As configured, such as `https://api.lever.co/v1`, without a trailing slash. */
  apiUrl: string
  /** The address to which Lever has permanently redirected this account's calls, if any. */
  movedTo?: string | null | undefined
  /** Called with the new address after such a redirect, and with null when nothing answers there any more. */
  onMoved?: ((apiUrl: string | null) => Promise<void>) | undefined
}

/**
 * The address of an account's API: the configured one, or the one to which Lever has permanently redirected it (301, 308), such as in
 * another region.
 */
export interface ApiAddress {
  current(): string
  /** `location`: the target of a permanent redirect of a call to `path`. */
  moved(location: URL, path: LeverPath): Promise<void>
  /** Called if nothing could be sent there: later calls use the configured address again. */
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
      // a redirect to another path is about this call, not about the whole API
      if (location.pathname.endsWith(path)) await change(location.origin + location.pathname.slice(0, -path.length))
    },
    unreachable: () => change(null),
  }
}

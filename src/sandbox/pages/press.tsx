import type { VNode } from 'preact'

/** A button that posts, and nothing else. */
export function Press({ to, text }: { to: string; text: string }): VNode {
  return (
    <form method="post" action={to}>
      <button class="plain">{text}</button>
    </form>
  )
}

/** As far as a reader needs a time. */
export function minuteOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16).replace('T', ' ')
}

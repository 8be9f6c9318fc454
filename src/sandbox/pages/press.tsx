import type { VNode } from 'preact'

/** A form that is only a button. */
export function Press({ to, text }: { to: string; text: string }): VNode {
  return (
    <form method="post" action={to}>
      <button class="plain">{text}</button>
    </form>
  )
}

/** Formats a time to the minute. */
export function minuteOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16).replace('T', ' ')
}

import type { VNode } from 'preact'

/** A form that is only a button. */
export function Press({ to, text }: { to: string; text: string }): VNode {
  return (
    <form method="post" action={to}>
      <button class="plain">{text}</button>
    </form>
  )
}

/** A time to the minute, as a reader needs it. */
export function minuteOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16).replace('T', ' ')
}

import type { Notice as NoticeOf } from '../../shell/flash.ts'

/** What has just happened, read out by screen readers; what went wrong at once. */
export function Notice({ notice: { look, text } }: { notice: NoticeOf }) {
  return (
    <p class={`notice ${look}`} role={look === 'bad' ? 'alert' : 'status'}>
      {text}
    </p>
  )
}

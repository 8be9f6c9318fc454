import type { Notice as NoticeOf } from '../../shell/flash.ts'

/** Says what just happened. Screen readers announce it, failures at once. */
export function Notice({ notice: { look, text } }: { notice: NoticeOf }) {
  return (
    <p class={`notice ${look}`} role={look === 'bad' ? 'alert' : 'status'}>
      {text}
    </p>
  )
}

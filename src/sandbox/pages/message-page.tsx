import type { VNode } from 'preact'
import { Page } from './page.tsx'

export function messagePage(title: string, text: string): VNode {
  return (
    <Page title={title}>
      <p>{text}</p>
      <p>
        <a href="/">Home</a>
      </p>
    </Page>
  )
}

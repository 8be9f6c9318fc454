import { usePage } from './page-context.ts'
import { scopePurpose } from './texts-scopes.ts'

/** Each scope beside the feature that needs it. `mark` says something of each, such as whether it was granted. */
export function ScopeList({
  scopes,
  mark,
}: {
  scopes: readonly string[]
  mark?: (scope: string) => { look: string; text: string } | null
}) {
  const { language } = usePage()
  return (
    <ul class="scopes">
      {scopes.map((scope) => {
        const marked = mark?.(scope) ?? null
        return (
          <li key={scope}>
            <span>{scopePurpose(language, scope)}</span>
            <code>{scope}</code>
            {marked === null ? null : <span class={`badge ${marked.look}`}>{marked.text}</span>}
          </li>
        )
      })}
    </ul>
  )
}

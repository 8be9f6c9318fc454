import { usePage } from '../kit/page-context.ts'
import { featureNames } from './texts-features.ts'
import { scopePurpose } from './texts-scopes.ts'

/**
 * Lists each scope with its purpose and, if known, the features that need it. `mark` renders a mark for each, such as whether it was
 * granted.
 */
export function ScopeList({
  scopes,
  mark,
}: {
  scopes: readonly { name: string; features?: readonly string[] }[]
  mark?: (scope: string) => { look: string; text: string } | null
}) {
  const { language } = usePage()
  return (
    <ul class="scopes">
      {scopes.map(({ name, features }) => {
        const marked = mark?.(name) ?? null
        return (
          <li key={name}>
            <span>{scopePurpose(language, name)}</span>
            <code>{name}</code>
            {features === undefined ? null : <span class="small">{featureNames(language, features)}</span>}
            {marked === null ? null : <span class={`badge ${marked.look}`}>{marked.text}</span>}
          </li>
        )
      })}
    </ul>
  )
}

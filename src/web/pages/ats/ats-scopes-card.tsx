import type { Needed } from '../../../connection/lever-access.ts'
import type { ConnectionView } from '../../../connection/connection-view.ts'
import { usePage } from '../kit/page-context.ts'
import { ScopeList } from './scope-list.tsx'
import { overviewTexts } from './texts-overview.ts'

/** Compares granted with needed scopes. Renders nothing for an API key, since Lever does not report its permissions. */
export function ScopesCard({ connection, needed }: { connection: ConnectionView; needed: readonly Needed[] | null }) {
  const t = overviewTexts(usePage().language)
  const { auth, warnings } = connection
  if (auth?.kind !== 'oauth' || needed === null) return null
  const missing = new Set(warnings.flatMap((warning) => (warning.startsWith('scope:') ? [warning.slice('scope:'.length)] : [])))
  const names = needed.map(({ name }) => name)
  const extra = auth.scopes.filter((scope) => !names.includes(scope) && !names.includes(scope.replace(':write:', ':read:')))
  const mark = (scope: string) => {
    if (missing.has(scope)) return { look: 'bad', text: t.missing }
    return extra.includes(scope) ? { look: '', text: t.notNeeded } : { look: 'ok', text: t.granted }
  }
  return (
    <section class="card" aria-labelledby="scopes">
      <h2 id="scopes">{t.scopes}</h2>
      <p>{missing.size === 0 ? t.scopesAll : t.scopesMissing(missing.size)}</p>
      <details open={missing.size > 0}>
        <summary>{t.scopesList}</summary>
        <ScopeList scopes={[...needed, ...extra.map((name) => ({ name }))]} mark={mark} />
      </details>
    </section>
  )
}

import { formatsOf } from '../kit/formats.ts'
import type { ConnectionView } from '../../../connection/connection-view.ts'
import { permissionWords, type KeyPermission } from '../../../connection/key-permissions.ts'
import type { Language } from '../../shell/languages.ts'
import { scopePurpose } from './texts-scopes.ts'
import { warningTexts } from './texts-warnings.ts'

/**
 * Returns a connection's warnings as text. Warnings about webhook tokens are merged into one; a warning without a text is shown as its
 * code.
 */
export function warningWords(language: Language, { warnings, webhooks }: Pick<ConnectionView, 'warnings' | 'webhooks'>): string[] {
  const labels = new Map<string, string>(webhooks.map(({ event, label }) => [event, label]))
  const t = warningTexts(language)
  const withoutToken = warnings.flatMap((warning) => (warning.startsWith('webhook:') ? [rest(warning)] : []))
  const events = formatsOf(language).list.format(withoutToken.map((event) => labels.get(event) ?? event))
  const others = warnings.flatMap((warning) => {
    if (warning.startsWith('webhook:')) return []
    if (warning.startsWith('webhookGroupOff:')) return [t.webhookGroupOff(labels.get(rest(warning)) ?? rest(warning))]
    if (warning.startsWith('scope:')) return [t.scope(scopePurpose(language, rest(warning)) ?? rest(warning))]
    if (warning.startsWith('permission:')) return [t.permission(permissionWords(rest(warning) as KeyPermission))]
    return [warning === 'fallbackUserDeactivated' || warning === 'stageMissing' ? t[warning] : warning]
  })
  return withoutToken.length === 0 ? others : [t.webhooks(events), ...others]
}

function rest(warning: string): string {
  return warning.slice(warning.indexOf(':') + 1)
}

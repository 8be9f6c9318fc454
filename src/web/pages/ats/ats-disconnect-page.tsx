import { ConfirmPage } from '../kit/confirm-page.tsx'
import { usePage } from '../kit/page-context.ts'
import { disconnectTexts } from './texts-disconnect.ts'

/** Asks for confirmation and lists everything that disconnecting does. */
export function AtsDisconnectPage({ canPause }: { canPause: boolean }) {
  const t = disconnectTexts(usePage().language)
  return (
    <ConfirmPage title={t.title} action="/settings/ats/disconnect" button={t.disconnect} back="/settings/ats">
      <p>{t.lead}</p>
      <ul>
        {[t.access, t.exports, t.webhooks, t.mirror, t.stays].map((effect) => (
          <li key={effect}>{effect}</li>
        ))}
      </ul>
      {canPause ? <p>{t.pauseInstead}</p> : null}
    </ConfirmPage>
  )
}

import type { ConnectionView } from '../../../connection/connection-view.ts'
import { Fact } from '../kit/fact.tsx'
import { usePage } from '../kit/page-context.ts'
import { overviewTexts } from './texts-overview.ts'
import { TimeAgo } from '../kit/time-ago.tsx'

/** Compares the exports with what is in Lever. */
export function AuditCard({ audit }: { audit: ConnectionView['exportAudit'] }) {
  const t = overviewTexts(usePage().language)
  return (
    <section class="card" aria-labelledby="export-audit">
      <h2 id="export-audit">{t.audit}</h2>
      <p class="small">{t.auditLead}</p>
      {audit === null ? (
        <p>{t.auditNotYet}</p>
      ) : (
        <dl class="facts">
          <Fact name={t.doubles}>{audit.doubles}</Fact>
          <Fact name={t.strangers}>{audit.strangers}</Fact>
          <Fact name={t.losses}>{audit.losses}</Fact>
          <Fact name={t.audited}>
            <TimeAgo at={audit.comparedAt} />
          </Fact>
        </dl>
      )}
    </section>
  )
}

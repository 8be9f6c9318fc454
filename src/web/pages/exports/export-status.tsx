import { EXPORT_STATUSES, type ExportStatus as Status, type ExportView } from '../../../export/export-view.ts'
import { usePage } from '../kit/page-context.ts'
import { exportWords } from './texts-export-words.ts'

const LOOKS: Record<Status, string> = { queued: '', running: '', exported: 'ok', duplicate: 'warn', failed: 'bad', canceled: '' }

/** The status of an export, with what it waits for, if it waits. */
export function ExportStatus({ status, waitingFor = null }: { status: string; waitingFor?: ExportView['waitingFor'] }) {
  const t = exportWords(usePage().language)
  return (
    <>
      <span class={`badge ${isStatus(status) ? LOOKS[status] : ''}`}>{isStatus(status) ? t[status] : status}</span>
      {waitingFor === null ? null : <div class="small">{t[waitingFor]}</div>}
    </>
  )
}

function isStatus(status: string): status is Status {
  return EXPORT_STATUSES.includes(status as Status)
}

/** True until the export has ended; its status will change without user action. */
export function isOpen({ status, note }: Pick<ExportView, 'status' | 'note'>): boolean {
  return status === 'queued' || status === 'running' || note?.status === 'queued'
}

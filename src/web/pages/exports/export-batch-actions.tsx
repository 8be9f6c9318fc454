import type { ExportBatchView } from '../../../export/bulk/batch-view.ts'
import type { BatchChange } from '../../../export/bulk/change-batch.ts'
import { Form } from '../kit/form.tsx'
import { usePage } from '../kit/page-context.ts'
import { exportBatchTexts } from './texts-export-batches.ts'

/** The actions on a bulk export in its current state. Buttons have ids, so that they keep the focus after a refresh. */
export function BatchActions({ batch }: { batch: ExportBatchView }) {
  const t = exportBatchTexts(usePage().language)
  const { id, status, queued, failed } = batch
  const ways: [BatchChange, string, boolean][] = [
    ['pause', t.pause, status === 'running' && queued > 0],
    ['resume', t.resume, status === 'paused'],
    ['cancel', t.cancelRest, queued > 0],
    ['retry', t.retryFailed, failed > 0],
  ]
  const open = ways.filter(([, , isOpen]) => isOpen)
  if (open.length === 0) return null
  return (
    <div class="actions">
      {open.map(([change, words]) => (
        <Form key={change} action={`/exports/batches/${id}/${change}`}>
          <button type="submit" class="quiet" id={`batch-${change}`}>
            {words}
          </button>
        </Form>
      ))}
    </div>
  )
}

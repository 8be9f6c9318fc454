import type { ExportStatus } from '../../../export/export-view.ts'
import { defineTexts } from '../../shell/languages.ts'

/** English does not tell one from several. */
const statuses: Record<ExportStatus, string> = {
  queued: 'Queued',
  running: 'Running',
  exported: 'Exported',
  duplicate: 'Already in Lever',
  failed: 'Failed',
  canceled: 'Canceled',
}

/** Words for exports, wherever they are shown. */
export const exportWords = defineTexts({
  en: {
    ...statuses,
    authorization: 'Waits until Lever is authorized again',
    budget: 'Waits: Lever limits the request rate',
    settling: 'Lever has not confirmed it; checking there',
    paused: 'Waits: exports are paused',
    lever: 'Waits: Lever cannot be reached; retrying',
    general: 'General opportunity',
    confidential: 'Confidential',
    confidentialRecord: 'A confidential record',
    requisition: (name: string) => `Requisition ${name}`,
    openInLever: (name: string) => `Open ${name} in Lever`,
    openFound: 'Open in Lever',
    inStage: (stage: string) => `at ${stage}`,
    noteQueued: 'The note follows',
    noteFailed: 'The note could not be written',
    archived: (reason: string) => `Archived: ${reason}`,
    archivedPlain: 'Archived',
    deletedCandidate: 'Deleted candidate',
  },
  es: {
    queued: 'En cola',
    running: 'En curso',
    exported: 'Exportada',
    duplicate: 'Ya está en Lever',
    failed: 'Fallida',
    canceled: 'Cancelada',
    authorization: 'Espera a que se vuelva a autorizar Lever',
    budget: 'Espera: Lever limita el ritmo de las solicitudes',
    settling: 'Lever no lo ha confirmado; se está comprobando allí',
    paused: 'Espera: las exportaciones están en pausa',
    lever: 'Espera: no se puede contactar con Lever; se intentará de nuevo',
    general: 'Oportunidad general',
    confidential: 'Confidencial',
    confidentialRecord: 'Un registro confidencial',
    requisition: (name: string) => `Requisición ${name}`,
    openInLever: (name: string) => `Abrir a ${name} en Lever`,
    openFound: 'Abrir en Lever',
    inStage: (stage: string) => `en ${stage}`,
    noteQueued: 'La nota irá después',
    noteFailed: 'No se pudo escribir la nota',
    archived: (reason: string) => `Archivado: ${reason}`,
    archivedPlain: 'Archivado',
    deletedCandidate: 'Candidato eliminado',
  },
})

/** Statuses of several: of exports, and of the candidates of a bulk export. */
export const exportStatusTexts = defineTexts<Record<'exports' | 'candidates', Record<ExportStatus, string>>>({
  en: { exports: statuses, candidates: statuses },
  es: {
    exports: {
      queued: 'En cola',
      running: 'En curso',
      exported: 'Exportadas',
      duplicate: 'Ya en Lever',
      failed: 'Fallidas',
      canceled: 'Canceladas',
    },
    candidates: {
      queued: 'En cola',
      running: 'En curso',
      exported: 'Exportados',
      duplicate: 'Ya en Lever',
      failed: 'Fallidos',
      canceled: 'Cancelados',
    },
  },
})

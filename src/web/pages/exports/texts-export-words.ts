import type { ExportStatus } from '../../../export/export-view.ts'
import { defineTexts } from '../../shell/languages.ts'

/** English uses the same words for singular and plural. */
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
    authorization: 'Waiting for Lever to be authorized again',
    budget: 'Waiting: Lever limits the request rate',
    settling: 'Not confirmed by Lever; checking in Lever',
    paused: 'Waiting: exports are paused',
    lever: 'Waiting: Lever cannot be reached; retrying',
    general: 'General opportunity',
    confidential: 'Confidential',
    confidentialRecord: 'A confidential record',
    requisition: (name: string) => `Requisition ${name}`,
    openInLever: (name: string) => `Open ${name} in Lever`,
    openFound: 'Open in Lever',
    inStage: (stage: string) => `at ${stage}`,
    noteQueued: 'The note will follow',
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
    authorization: 'A la espera de que Lever se autorice de nuevo',
    budget: 'En espera por el límite de solicitudes de Lever',
    settling: 'Lever no lo ha confirmado; comprobando en Lever',
    paused: 'En espera: las exportaciones están en pausa',
    lever: 'En espera: no se puede contactar con Lever; reintentando',
    general: 'Oportunidad general',
    confidential: 'Confidencial',
    confidentialRecord: 'Un registro confidencial',
    requisition: (name: string) => `Requisición ${name}`,
    openInLever: (name: string) => `Ver a ${name} en Lever`,
    openFound: 'Ver en Lever',
    inStage: (stage: string) => `en ${stage}`,
    noteQueued: 'La nota se enviará después',
    noteFailed: 'No se pudo escribir la nota',
    archived: (reason: string) => `Archivado: ${reason}`,
    archivedPlain: 'Archivado',
    deletedCandidate: 'Candidato eliminado',
  },
})

/** Plural statuses, for exports and for the candidates of a bulk export. */
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

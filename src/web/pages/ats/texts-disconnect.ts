import { defineTexts } from '../../shell/languages.ts'

/** The page that asks before disconnecting a Lever account. */
export const disconnectTexts = defineTexts({
  en: {
    title: 'Disconnect Lever?',
    lead: 'This happens immediately:',
    access: 'Lever’s authorization and all signature tokens are deleted.',
    exports: 'Queued exports are canceled. Exports with an unclear result are checked in Lever first.',
    webhooks:
      'Fulcrum removes the webhooks that it created in Lever. Webhooks created by hand stay there, but Fulcrum no longer accepts their deliveries.',
    mirror: 'Data copied from Lever is deleted.',
    stays: 'Exports, people, mappings, settings, the endpoint URL and the audit trail are kept. Candidates stay in Lever.',
    pauseInstead: 'To make exports wait without disconnecting, pause instead.',
    disconnect: 'Disconnect',
    done: 'Lever is disconnected.',
  },
  es: {
    title: '¿Desconectar Lever?',
    lead: 'Esto ocurre de inmediato:',
    access: 'Se eliminan la autorización de Lever y todos los tokens de firma.',
    exports: 'Se cancelan las exportaciones en cola. Las de resultado incierto se comprueban antes en Lever.',
    webhooks: 'Fulcrum elimina los webhooks que creó en Lever. Los creados a mano siguen allí, pero Fulcrum ya no acepta sus entregas.',
    mirror: 'Se eliminan los datos copiados de Lever.',
    stays:
      'Se conservan las exportaciones, las personas, las asignaciones, los ajustes, la URL del endpoint y el registro de auditoría. Los candidatos siguen en Lever.',
    pauseInstead: 'Si solo quiere que las exportaciones esperen, pause la conexión.',
    disconnect: 'Desconectar',
    done: 'Lever está desconectado.',
  },
})

import { defineTexts } from '../../shell/languages.ts'

/** Before an organization's Lever account is disconnected. */
export const disconnectTexts = defineTexts({
  en: {
    title: 'Disconnect Lever?',
    lead: 'This happens immediately:',
    access: 'The access that Lever granted and all signature tokens are destroyed.',
    exports: 'Waiting exports are canceled; unclear ones are checked in Lever first.',
    webhooks:
      'Webhooks created here are removed from Lever. Those created by hand stay there, and their deliveries are no longer accepted.',
    mirror: 'Data copied from Lever is deleted.',
    stays: 'Exports, people, mappings, settings, the endpoint URL and the audit trail stay. What is in Lever stays there.',
    pauseInstead: 'If you only want exports to wait, pause instead.',
    disconnect: 'Disconnect',
    done: 'Lever is disconnected.',
  },
  es: {
    title: '¿Desconectar Lever?',
    lead: 'Esto ocurre de inmediato:',
    access: 'Se destruyen el acceso que concedió Lever y todos los tokens de firma.',
    exports: 'Se cancelan las exportaciones en espera; las de resultado incierto se comprueban antes en Lever.',
    webhooks: 'Se eliminan de Lever los webhooks creados aquí. Los creados a mano siguen allí y sus entregas ya no se aceptan.',
    mirror: 'Se borran los datos copiados de Lever.',
    stays:
      'Se conservan exportaciones, personas, asignaciones, ajustes, la URL del endpoint y el registro de auditoría. Lo que está en Lever sigue allí.',
    pauseInstead: 'Si solo quiere que las exportaciones esperen, póngalas en pausa.',
    disconnect: 'Desconectar',
    done: 'Lever está desconectado.',
  },
})

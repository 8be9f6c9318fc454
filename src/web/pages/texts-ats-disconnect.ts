import { defineTexts } from './texts.ts'

/** Before an organization's Lever account is disconnected. */
export const disconnectTexts = defineTexts({
  en: {
    title: 'Disconnect Lever?',
    lead: 'This is what it does, at once:',
    access: 'The access that Lever granted and all signature tokens are destroyed.',
    exports: 'Exports that wait are canceled; any whose fate is unclear is looked for first.',
    webhooks: 'The webhooks that were created here are removed from Lever. Those made by hand stay there and are no longer believed.',
    mirror: 'What was copied from Lever is deleted.',
    stays: 'Exports, people, mappings, settings, the endpoint URL and the audit trail stay. What is in Lever stays there.',
    pauseInstead: 'If you only want exports to wait, pause instead.',
    disconnect: 'Disconnect',
    done: 'Lever is disconnected.',
  },
  es: {
    title: '¿Desconectar Lever?',
    lead: 'Esto es lo que ocurre, al momento:',
    access: 'Se destruyen el acceso que concedió Lever y todos los tokens de firma.',
    exports: 'Se cancelan las exportaciones que esperan; las de resultado incierto se buscan antes.',
    webhooks: 'Se eliminan de Lever los webhooks creados aquí. Los hechos a mano siguen allí y ya no se creen.',
    mirror: 'Se borra lo copiado de Lever.',
    stays:
      'Se conservan exportaciones, personas, asignaciones, ajustes, la URL del endpoint y el registro de auditoría. Lo que está en Lever sigue allí.',
    pauseInstead: 'Si solo quiere que las exportaciones esperen, póngalas en pausa.',
    disconnect: 'Desconectar',
    done: 'Lever está desconectado.',
  },
})

import { defineTexts } from '../../shell/languages.ts'

/** Words that the setup steps share. */
export const wizardTexts = defineTexts({
  en: {
    steps: 'Setup',
    connect: 'Connect',
    webhooks: 'Webhooks',
    users: 'Users',
    activate: 'Activate',
    done: 'done',
    saveAndProceed: 'Save & Proceed',
    copied: 'Copied',
    cancel: 'Cancel',
  },
  es: {
    steps: 'Configuración',
    connect: 'Conectar',
    webhooks: 'Webhooks',
    users: 'Usuarios',
    activate: 'Activar',
    done: 'hecho',
    saveAndProceed: 'Guardar y continuar',
    copied: 'Copiado',
    cancel: 'Cancelar',
  },
})

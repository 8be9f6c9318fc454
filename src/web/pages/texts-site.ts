import { defineTexts } from './texts.ts'

/** Words that stand on every page. */
export const siteTexts = defineTexts({
  en: {
    skip: 'Skip to the content',
    navigation: 'Main',
    candidates: 'Candidates',
    exports: 'Exports',
    settings: 'Settings',
    atsConfiguration: 'ATS configuration',
    people: 'People',
    apiKeys: 'API keys',
    activity: 'Activity',
    signIn: 'Sign in',
    signOut: 'Sign out',
    switch: 'Switch',
    switchOrganization: 'Switch organization',
    language: 'Language',
    requestId: 'Request',
  },
  es: {
    skip: 'Ir al contenido',
    navigation: 'Principal',
    candidates: 'Candidatos',
    exports: 'Exportaciones',
    settings: 'Ajustes',
    atsConfiguration: 'Configuración del ATS',
    people: 'Personas',
    apiKeys: 'Claves de API',
    activity: 'Actividad',
    signIn: 'Iniciar sesión',
    signOut: 'Cerrar sesión',
    switch: 'Cambiar',
    switchOrganization: 'Cambiar de organización',
    language: 'Idioma',
    requestId: 'Solicitud',
  },
})

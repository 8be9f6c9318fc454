import { defineTexts, type Language } from '../../shell/languages.ts'

const texts = defineTexts({
  en: {
    offline_access: 'Stay connected without signing in every hour',
    'opportunities:write:admin': 'Export to ATS: create candidates, look for duplicates, follow stages',
    'opportunities:read:admin': 'Find candidates and follow their stages',
    'notes:write:admin': 'Add notes to candidates',
    'users:read:admin': 'Map your people to Lever users',
    'postings:read:admin': 'Choose a job when exporting',
    'stages:read:admin': 'Show the stage of a candidate',
    'archive_reasons:read:admin': 'Show why a candidate was archived',
    'requisitions:read:admin': 'Choose a requisition when exporting',
    'requisitions:write:admin': 'Keep requisitions in sync with your jobs',
    'requisition_fields:read:admin': 'Fill in the fields of requisitions',
    'sources:read:admin': 'Set the source of a candidate',
    'contact:read:admin': 'Recognize a person across opportunities',
    'webhooks:write:admin': 'Create webhooks, so that changes arrive at once',
    'applications:read:admin': 'See which job a candidate applied to',
    'interviews:write:admin': 'Schedule, change and cancel interviews',
    'panels:write:admin': 'Group interviews into panels',
    'offers:read:admin': 'Read a hire’s start date from the offer',
    'confidential:access:admin': 'See confidential candidates and jobs',
  },
  es: {
    offline_access: 'Seguir conectado sin iniciar sesión cada hora',
    'opportunities:write:admin': 'Exportar al ATS: crear candidatos, buscar duplicados, seguir etapas',
    'opportunities:read:admin': 'Encontrar candidatos y seguir sus etapas',
    'notes:write:admin': 'Añadir notas a los candidatos',
    'users:read:admin': 'Asignar usuarios de Lever a su equipo',
    'postings:read:admin': 'Elegir un puesto al exportar',
    'stages:read:admin': 'Mostrar la etapa de un candidato',
    'archive_reasons:read:admin': 'Mostrar por qué se archivó a un candidato',
    'requisitions:read:admin': 'Elegir una requisición al exportar',
    'requisitions:write:admin': 'Mantener las requisiciones sincronizadas con sus puestos',
    'requisition_fields:read:admin': 'Rellenar los campos de las requisiciones',
    'sources:read:admin': 'Indicar el origen de un candidato',
    'contact:read:admin': 'Reconocer a una persona en varias oportunidades',
    'webhooks:write:admin': 'Crear webhooks para recibir los cambios al instante',
    'applications:read:admin': 'Saber a qué puesto se presentó un candidato',
    'interviews:write:admin': 'Programar, cambiar y cancelar entrevistas',
    'panels:write:admin': 'Agrupar entrevistas en paneles',
    'offers:read:admin': 'Leer en la oferta la fecha de incorporación',
    'confidential:access:admin': 'Ver candidatos y puestos confidenciales',
  },
})

/** Why Fulcrum needs a Lever scope; null for a scope that it does not need. */
export function scopePurpose(language: Language, scope: string): string | null {
  const t: Record<string, string> = texts(language)
  return Object.hasOwn(t, scope) ? (t[scope] ?? null) : null
}

import { defineTexts } from './texts.ts'

export const candidatesTexts = defineTexts({
  en: {
    title: 'Candidates',
    lead: 'People found by your organization.',
    byApi: 'They come in from your sourcing tool or as a CSV file, and go out to Lever, by the API.',
    apiDocs: 'Read about the API',
  },
  es: {
    title: 'Candidatos',
    lead: 'Personas que ha encontrado su organización.',
    byApi: 'Llegan desde su herramienta de búsqueda o en un archivo CSV, y salen hacia Lever, por la API.',
    apiDocs: 'Leer sobre la API',
  },
})

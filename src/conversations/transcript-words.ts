/** The words of a note in Lever, in the organization's language. */
export const transcriptWords = {
  en: {
    title: 'Conversation',
    titleWith: (name: string) => `Conversation with ${name}`,
    part: (part: number, of: number | null) => (of === null ? `part ${part}` : `part ${part} of ${of}`),
    zone: (timeZone: string) => `Times: ${timeZone}`,
  },
  es: {
    title: 'Conversación',
    titleWith: (name: string) => `Conversación con ${name}`,
    part: (part: number, of: number | null) => (of === null ? `parte ${part}` : `parte ${part} de ${of}`),
    zone: (timeZone: string) => `Horas: ${timeZone}`,
  },
} as const

export type TranscriptLanguage = keyof typeof transcriptWords

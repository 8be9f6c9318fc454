import type { Language } from '../../shell/languages.ts'

/** The formatters of one language. Days and times are in UTC. */
export interface Formats {
  number: Intl.NumberFormat
  list: Intl.ListFormat
  /** For example "2 hours ago". */
  relativeTime: Intl.RelativeTimeFormat
  day: Intl.DateTimeFormat
  instant: Intl.DateTimeFormat
}

const kept = new Map<Language, Formats>()

/** Returns the formatters of a language. They are cached, because building one takes as long as rendering a page, and its memory is never freed. */
export function formatsOf(language: Language): Formats {
  const formats = kept.get(language) ?? {
    number: new Intl.NumberFormat(language),
    list: new Intl.ListFormat(language),
    relativeTime: new Intl.RelativeTimeFormat(language, { numeric: 'auto' }),
    day: new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' }),
    instant: new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium', timeZone: 'UTC' }),
  }
  kept.set(language, formats)
  return formats
}

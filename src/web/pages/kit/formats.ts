import type { Language } from '../../shell/languages.ts'

/** How numbers, lists and times are written in one language. */
export interface Formats {
  number: Intl.NumberFormat
  list: Intl.ListFormat
  /** Such as "2 hours ago". */
  relativeTime: Intl.RelativeTimeFormat
  /** Day and time in UTC. */
  day: Intl.DateTimeFormat
  instant: Intl.DateTimeFormat
}

const kept = new Map<Language, Formats>()

/** Returns a language's formats, which are built once: to build one costs as much time as a page, and memory that stays. */
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

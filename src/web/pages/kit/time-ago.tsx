import { formatsOf } from './formats.ts'
import { usePage } from './page-context.ts'
import type { Language } from '../../shell/languages.ts'

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const
const DAY_MS = 86_400_000
const JUST_NOW: Record<Language, string> = { en: 'just now', es: 'ahora mismo' }

/** A relative time in the past or the future, with the exact time on hover. After a month, the date. `at` is ISO 8601. */
export function TimeAgo({ at }: { at: string }) {
  const { language } = usePage()
  return (
    <time dateTime={at} title={exactTime(at, language)}>
      {timeInWords(at, language, Date.now())}
    </time>
  )
}

/** `now` is in ms since the epoch. */
export function timeInWords(at: string, language: Language, now: number): string {
  const distanceMs = Date.parse(at) - now
  if (Math.abs(distanceMs) > 30 * DAY_MS) return formatsOf(language).day.format(Date.parse(at))
  const words = formatsOf(language).relativeTime
  const unit = UNITS.find(([, ms]) => Math.abs(distanceMs) >= ms)
  if (unit) return words.format(Math.trunc(distanceMs / unit[1]), unit[0])
  return distanceMs > 0 ? words.format(0, 'second') : JUST_NOW[language]
}

/** In UTC, since the reader's zone is not known here. */
function exactTime(at: string, language: Language): string {
  return `${formatsOf(language).instant.format(Date.parse(at))} UTC`
}

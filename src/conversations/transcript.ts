/** The words of a note in Lever, in the organization's language. */
const WORDS = {
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

type TranscriptLanguage = keyof typeof WORDS

/** A message in a transcript; `who` is a name, or what the sender calls itself. */
export interface TranscriptMessage {
  who: string
  body: string
  channel: string | null
  sentAt: Date
}

export interface TranscriptStyle {
  language: TranscriptLanguage
  /** IANA name. */
  timeZone: string
  /** Name of the other side; null if it is unknown. */
  name: string | null
}

/** Lever documents no limit for a note; longer ones are split into numbered notes, which people can still read. */
export const LONGEST_NOTE = 20_000
/** Space for a note's heading, which is not counted. */
const HEADING_ROOM = 500

/**
 * Returns a conversation as plain text: days as headings, and under each who said what and when, in the organization's time zone. `part`
 * counts from 1; `of` is the number of parts, null if more may follow.
 */
export function transcriptOf(
  messages: readonly TranscriptMessage[],
  style: TranscriptStyle,
  part?: { part: number; of: number | null },
): string {
  const words = WORDS[style.language]
  const numbered = part && part.of !== 1 ? [words.part(part.part, part.of)] : []
  const title = [style.name === null ? words.title : words.titleWith(withoutMentions(inOneLine(style.name))), ...numbered].join(', ')
  return [`${title}\n${words.zone(style.timeZone)}`, ...daysOf(messages, style)].join('\n\n')
}

/** Returns how many messages each note holds, so that none is longer than `longest`. */
export function partsOf(messages: readonly TranscriptMessage[], style: TranscriptStyle, longest = LONGEST_NOTE): number[] {
  const room = longest - HEADING_ROOM
  const parts: number[] = []
  let used = Infinity
  for (const message of messages) {
    const length = lineOf(message, style).length + dayOf(message, style).length + 4
    if (used + length > room) {
      parts.push(0)
      used = 0
    }
    used += length
    parts[parts.length - 1] = (parts.at(-1) ?? 0) + 1
  }
  return parts
}

function daysOf(messages: readonly TranscriptMessage[], style: TranscriptStyle): string[] {
  const days: { day: string; lines: string[] }[] = []
  for (const message of messages) {
    const day = dayOf(message, style)
    if (days.at(-1)?.day !== day) days.push({ day, lines: [] })
    days.at(-1)?.lines.push(lineOf(message, style))
  }
  return days.map(({ day, lines }) => [day, ...lines].join('\n'))
}

function dayOf({ sentAt }: TranscriptMessage, { language, timeZone }: TranscriptStyle): string {
  return dayFormat(language, timeZone).format(sentAt)
}

function lineOf({ who, body, channel, sentAt }: TranscriptMessage, { language, timeZone }: TranscriptStyle): string {
  const time = timeFormat(language, timeZone).format(sentAt)
  const where = channel === null ? '' : ` (${inOneLine(channel)})`
  return withoutMentions(`${time} ${inOneLine(who)}${where}: ${inMarkedLines(body)}`)
}

/** Everything that a viewer may show as a line break: controls other than tabs, and Unicode's own separators. */
const LINE_BREAKS = /\r\n|[^\P{Cc}\t]|[\u2028\u2029]/gu
/** Controls that make text look reordered. */
const BIDI_CONTROLS = /[\u202A-\u202E\u2066-\u2069]/gu
/** Starts every continuation line of a message. It is visible, because Lever may trim spaces. */
const MARKER = '│'
/** A longer body becomes one line, so that the markers never make a message longer than a note. */
const MOST_LINES = 1000

function inOneLine(text: string): string {
  return text.replaceAll(BIDI_CONTROLS, '').replaceAll(LINE_BREAKS, ' ')
}

/** Only the first line can look like the start of a message or a day, so text in a message cannot pass for another message. */
function inMarkedLines(body: string): string {
  const [first = '', ...rest] = body.replaceAll(BIDI_CONTROLS, '').split(LINE_BREAKS)
  if (rest.length >= MOST_LINES) return inOneLine(body)
  return [first, ...rest.map((line) => `${MARKER} ${line}`.trimEnd())].join('\n')
}

/** Lever notifies users that a note mentions by `@username` (Lever's API documentation); none of that is intended here. */
function withoutMentions(text: string): string {
  return text.replaceAll(/(?<![\w.+-])@(?=\w)/g, '@\u2060')
}

const LOCALES: Record<TranscriptLanguage, string> = { en: 'en-GB', es: 'es-ES' }
const formats = new Map<string, Intl.DateTimeFormat>()

function dayFormat(language: TranscriptLanguage, timeZone: string): Intl.DateTimeFormat {
  return kept('day', language, timeZone, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' })
}

function timeFormat(language: TranscriptLanguage, timeZone: string): Intl.DateTimeFormat {
  return kept('time', language, timeZone, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
}

/** Caches formats: making one costs more than a hundred uses of it. */
function kept(kind: string, language: TranscriptLanguage, timeZone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${kind} ${language} ${timeZone}`
  const format = formats.get(key) ?? new Intl.DateTimeFormat(LOCALES[language], { ...options, timeZone })
  formats.set(key, format)
  return format
}

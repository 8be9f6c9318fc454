import { startTimeSlice } from '../time-slice.ts'

export const CSV_ENCODINGS = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'] as const
export type CsvEncoding = (typeof CSV_ENCODINGS)[number]

/** A file as text. `encoding` is right once the pieces it stands for have been read; until then it is that of plain ASCII. */
export interface CsvText {
  encoding: CsvEncoding
  pieces: AsyncGenerator<string>
}

type Decode = (bytes: Uint8Array, isMore: boolean) => string

/** So many bytes tell UTF-16 from the rest: a file begins with a name of a column, of which every other byte is NUL there. */
const SIGNATURE_BYTES = 4
/** UTF-8 and windows-1252 are told apart by so many bytes, the first of them the first that is not ASCII. */
const SAMPLE_BYTES = 65_536
/** At most this many bytes are decoded at once, which bounds memory and time however large the pieces of the file are. */
const DECODED_BYTES = 65_536
const NOTHING = Buffer.alloc(0)

/**
 * Decodes a file that comes in pieces, in constant memory, giving way to the rest of the process: UTF-8, UTF-16 with or without a byte order mark, and windows-1252 where
 * the text is not UTF-8. What cannot be decoded becomes U+FFFD. How the file is cut into pieces makes no difference.
 */
export function decodeText(chunks: AsyncIterable<Uint8Array>): CsvText {
  const decode = detectingDecoder((encoding) => {
    text.encoding = encoding
  })
  const text: CsvText = { encoding: 'utf-8', pieces: decodeAll(chunks, decode) }
  return text
}

async function* decodeAll(chunks: AsyncIterable<Uint8Array>, decode: Decode): AsyncGenerator<string> {
  const slice = startTimeSlice()
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += DECODED_BYTES) {
      if (slice.isOver()) await slice.giveWay()
      yield decode(chunk.subarray(at, at + DECODED_BYTES), true)
    }
  }
  yield decode(NOTHING, false)
}

/** Holds bytes back until they tell the encoding; ASCII, which is the same in both, passes meanwhile. */
function detectingDecoder(onKnown: (encoding: CsvEncoding) => void): Decode {
  let held: Buffer = NOTHING
  let decode: Decode = bySignature
  const settle = (encoding: CsvEncoding): void => {
    decode = decoderOf(encoding)
    onKnown(encoding)
  }

  function bySignature(bytes: Uint8Array, isMore: boolean): string {
    held = Buffer.concat([held, bytes])
    if (isMore && held.length < SIGNATURE_BYTES) return ''
    const { encoding, markBytes } = readSignature(held)
    const text = held.subarray(markBytes)
    held = NOTHING
    decode = bySample
    if (encoding) settle(encoding)
    return decode(text, isMore)
  }

  function bySample(bytes: Uint8Array, isMore: boolean): string {
    const all = Buffer.concat([held, bytes])
    const ascii = asciiPrefix(all)
    held = all.subarray(ascii)
    const isKnown = held.length >= SAMPLE_BYTES || (held.length > 0 && !isMore)
    if (isKnown) settle(eightBitEncoding(held.subarray(0, SAMPLE_BYTES)))
    return all.toString('latin1', 0, ascii) + (isKnown ? decode(held, isMore) : '')
  }

  return (bytes, isMore) => decode(bytes, isMore)
}

function readSignature(head: Uint8Array): { encoding: CsvEncoding | null; markBytes: number } {
  const [a, b, c, d] = head
  if (a === 0xef && b === 0xbb && c === 0xbf) return { encoding: 'utf-8', markBytes: 3 }
  if (a === 0xff && b === 0xfe) return { encoding: 'utf-16le', markBytes: 2 }
  if (a === 0xfe && b === 0xff) return { encoding: 'utf-16be', markBytes: 2 }
  if (a && b === 0 && c && d === 0) return { encoding: 'utf-16le', markBytes: 0 }
  if (a === 0 && b && c === 0 && d) return { encoding: 'utf-16be', markBytes: 0 }
  return { encoding: null, markBytes: 0 }
}

function asciiPrefix(bytes: Uint8Array): number {
  let end = 0
  while ((bytes[end] ?? 0x80) < 0x80) end += 1
  return end
}

/** UTF-8 when more characters of the sample are well-formed in it than not: windows-1252 hardly ever looks like UTF-8 by chance. */
function eightBitEncoding(sample: Uint8Array): CsvEncoding {
  const read = new TextDecoder('utf-8').decode(sample, { stream: true })
  const broken = count(read, /\u{FFFD}/gu)
  return count(read, /[^\u0000-\u007F]/gu) - broken > broken ? 'utf-8' : 'windows-1252' // oxlint-disable-line no-control-regex
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0
}

function decoderOf(encoding: CsvEncoding): Decode {
  if (encoding === 'windows-1252') return decodeWindows1252
  const decoder = new TextDecoder(encoding, { ignoreBOM: true })
  return (bytes, isMore) => decoder.decode(bytes, { stream: isMore })
}

/** The bytes 0x80 to 0x9F as windows-1252 has them (WHATWG Encoding Standard); five stand for nothing. */
const UPPER_CONTROLS = '€\u{FFFD}‚ƒ„…†‡ˆ‰Š‹Œ\u{FFFD}Ž\u{FFFD}\u{FFFD}‘’“”•–—˜™š›œ\u{FFFD}žŸ'

/**
 * Text in windows-1252; bytes that stand for nothing there become U+FFFD. `TextDecoder` is not used: from 20.18.3 and 22.13.0 on,
 * Node reads windows-1252 as ISO 8859-1, so that "€" and “these” become controls (nodejs/node#56542).
 */
function decodeWindows1252(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
  return text.replace(/[\u0080-\u009F]/g, (control) => UPPER_CONTROLS[control.charCodeAt(0) - 0x80] ?? control)
}

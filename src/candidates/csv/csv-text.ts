import { startTimeSlice } from '../time-slice.ts'

export const CSV_ENCODINGS = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'] as const
export type CsvEncoding = (typeof CSV_ENCODINGS)[number]

/** A file as text. `encoding` is final once its pieces have been read; until then it assumes plain ASCII. */
export interface CsvText {
  encoding: CsvEncoding
  pieces: AsyncGenerator<string>
}

type Decode = (bytes: Uint8Array, isMore: boolean) => string

/**
 * The number of bytes that identifies UTF-16: a file begins with a column name, and every other byte of it is NUL in
 * UTF-16.
 */
const SIGNATURE_BYTES = 4
/** The number of bytes that distinguishes UTF-8 from windows-1252, counted from the first byte that is not ASCII. */
const SAMPLE_BYTES = 65_536
/**
 * The maximum number of bytes decoded in one step, which bounds memory and time however large the pieces of the file
 * are.
 */
const DECODED_BYTES = 65_536
const NOTHING = Buffer.alloc(0)

/**
 * Decodes a file that arrives in pieces, in constant memory, and yields to the rest of the process. Reads UTF-8,
 * UTF-16 with or without a byte order mark, and windows-1252 if the text is not UTF-8. Undecodable bytes become
 * U+FFFD. The size of the pieces makes no difference.
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

/** Holds bytes back until they identify the encoding. ASCII passes at once, since it is the same in both encodings. */
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

/**
 * Returns UTF-8 if most characters of the sample are well-formed in it: windows-1252 rarely looks like UTF-8 by
 * chance.
 */
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

/** The bytes 0x80 to 0x9F in windows-1252 (WHATWG Encoding Standard); five are undefined. */
const UPPER_CONTROLS = '€\u{FFFD}‚ƒ„…†‡ˆ‰Š‹Œ\u{FFFD}Ž\u{FFFD}\u{FFFD}‘’“”•–—˜™š›œ\u{FFFD}žŸ'

/**
 * Decodes windows-1252; undefined bytes become U+FFFD. `TextDecoder` does not work here: from 20.18.3 and 22.13.0 on,
 * Node reads windows-1252 as ISO 8859-1, which turns "€" and “these” into control characters (nodejs/node#56542).
 */
function decodeWindows1252(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
  return text.replace(/[\u0080-\u009F]/g, (control) => UPPER_CONTROLS[control.charCodeAt(0) - 0x80] ?? control)
}

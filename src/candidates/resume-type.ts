export const RESUME_TYPES = {
  pdf: 'application/pdf',
  doc: 'application/msword',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  txt: 'text/plain',
} as const
export type ResumeExtension = keyof typeof RESUME_TYPES

const BEGINS_PDF = /^(?:\u00EF\u00BB\u00BF)?[\s\0]{0,64}%PDF-\d/
/** Printer commands and comments may precede the PDF signature. PDF readers look for it in this many bytes. */
const HEAD_BYTES = 1024
const PDF_MARK = /%PDF-\d\.\d/
const OLE_MARK = Buffer.from('d0cf11e0a1b11ae1', 'hex')
const ZIP_MARK = Buffer.from('504b0304', 'hex')

/**
 * Detects the type of a file by its bytes, whatever its name. Returns null for anything but PDF, DOC, DOCX, and plain
 * text. Plain text is UTF-8, UTF-16 with a byte order mark, or Windows-1252, and not the source of a web page, a
 * program, or another kind of document.
 */
export async function detectResumeType(bytes: Uint8Array): Promise<ResumeExtension | null> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const head = buffer.subarray(0, HEAD_BYTES).toString('latin1')
  if (BEGINS_PDF.test(head)) return 'pdf'
  if (startsWith(buffer, OLE_MARK)) return isWordBinary(buffer) ? 'doc' : null
  if (startsWith(buffer, ZIP_MARK)) return (await isWordZip(buffer)) ? 'docx' : null
  if (PDF_MARK.test(head) && buffer.includes(' obj') && buffer.includes('%%EOF')) return 'pdf' // a plain text may contain the signature too
  return isPlainText(buffer) ? 'txt' : null
}

function startsWith(buffer: Buffer, mark: Buffer): boolean {
  return buffer.subarray(0, mark.length).equals(mark)
}

/**
 * Files with macros (`docm`) and of other Office programs do not count. The package is loaded on first use, because
 * few processes see such a file.
 */
async function isWordZip(buffer: Buffer): Promise<boolean> {
  const { fileTypeFromBuffer } = await import('file-type')
  const found = await fileTypeFromBuffer(buffer).catch(() => undefined)
  return found?.mime === RESUME_TYPES.docx
}

/**
 * An entry of an OLE2 directory: its name in UTF-16, the length of the name including its terminator at 64, its kind
 * at 66.
 */
const ENTRY_BYTES = 128
const STREAM = 2
const WORD_STREAM = Buffer.from('WordDocument\0', 'utf16le')

/**
 * An OLE2 file is a Word document if its directory has the stream `WordDocument`. Excel, PowerPoint, installers, and
 * messages use the same format.
 */
function isWordBinary(buffer: Buffer): boolean {
  for (let at = buffer.indexOf(WORD_STREAM); at !== -1; at = buffer.indexOf(WORD_STREAM, at + 1)) {
    const isEntry = at % ENTRY_BYTES === 0 && at + ENTRY_BYTES <= buffer.length
    if (isEntry && buffer.readUInt16LE(at + 64) === WORD_STREAM.length && buffer[at + 66] === STREAM) return true
  }
  return false
}

/** Control characters except tab, line breaks, and form feed. */
const CONTROLS = /[\u0000-\u0008\u000B\u000E-\u001F\u007F-\u009F]/ // oxlint-disable-line no-control-regex
/**
 * The same bytes, and those that are undefined in Windows-1252. The other bytes from 0x80 to 0x9F are printable
 * there.
 */
const NOT_WINDOWS_1252 = /[\u0000-\u0008\u000B\u000E-\u001F\u007F\u0081\u008D\u008F\u0090\u009D]/ // oxlint-disable-line no-control-regex
const OTHER_SOURCE = /^\s*(?:<(?:!doctype|!--|\?xml|html|head|body|script|svg|\?php)|\{\\rtf|%!PS|#!)/i

function isPlainText(buffer: Buffer): boolean {
  const text = readText(buffer)
  return text !== null && text.trim() !== '' && !OTHER_SOURCE.test(text)
}

/**
 * Returns null if it is not text. Windows-1252 characters beyond ASCII are decoded incorrectly, which makes no
 * difference here.
 */
function readText(buffer: Buffer): string | null {
  const [first, second] = buffer
  const isUtf16 = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)
  const unicode = decodeStrictly(buffer, isUtf16 ? (first === 0xff ? 'utf-16le' : 'utf-16be') : 'utf-8')
  if (unicode !== null) return CONTROLS.test(unicode) ? null : unicode
  const bytes = buffer.toString('latin1')
  return isUtf16 || NOT_WINDOWS_1252.test(bytes) ? null : bytes
}

function decodeStrictly(buffer: Buffer, encoding: string): string | null {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(buffer)
  } catch {
    return null
  }
}

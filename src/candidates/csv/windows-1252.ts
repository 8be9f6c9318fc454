/** The bytes 0x80 to 0x9F as windows-1252 has them (WHATWG Encoding Standard); five stand for nothing. */
const UPPER_CONTROLS = '€\u{FFFD}‚ƒ„…†‡ˆ‰Š‹Œ\u{FFFD}Ž\u{FFFD}\u{FFFD}‘’“”•–—˜™š›œ\u{FFFD}žŸ'

/**
 * Text in windows-1252; bytes that stand for nothing there become U+FFFD. `TextDecoder` is not used: from 20.18.3 and 22.13.0 on,
 * Node reads windows-1252 as ISO 8859-1, so that "€" and “these” become controls (nodejs/node#56542).
 */
export function decodeWindows1252(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
  return text.replace(/[\u0080-\u009F]/g, (control) => UPPER_CONTROLS[control.charCodeAt(0) - 0x80] ?? control)
}

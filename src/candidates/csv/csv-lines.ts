/** One physical line of a file, without its line break; the first is number 1. */
export interface CsvLine {
  number: number
  text: string
}

/**
 * The lines of a UTF-8 text that comes in pieces; `\n`, `\r\n` and `\r` end one, even mixed. A byte order mark is dropped, bytes that are
 * not UTF-8 become U+FFFD. A line longer than `longest` characters is given cut at that length: no memory beyond it is taken.
 */
export async function* readLines(chunks: AsyncIterable<Uint8Array>, longest: number): AsyncGenerator<CsvLine> {
  const decoder = new TextDecoder('utf-8')
  let number = 0
  let rest = ''
  let afterReturn = false
  for await (const chunk of chunks) {
    const decoded = decoder.decode(chunk, { stream: true })
    if (decoded === '') continue
    const text = rest + (afterReturn && decoded.startsWith('\n') ? decoded.slice(1) : decoded)
    afterReturn = decoded.endsWith('\r')
    const lines = text.split(/\r\n|\n|\r/)
    rest = (lines.pop() ?? '').slice(0, longest)
    for (const line of lines) yield { number: (number += 1), text: line.slice(0, longest) }
  }
  rest += decoder.decode()
  if (rest !== '') yield { number: number + 1, text: rest }
}

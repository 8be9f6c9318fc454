/** One physical line of a file, without its line break. The first is number 1. */
export interface CsvLine {
  number: number
  text: string
}

/**
 * Yields the lines of a text that arrives in pieces; `\n`, `\r\n`, and `\r` end a line, even mixed. A line longer
 * than `longest` characters is cut there, and takes no more memory than that. Takes linear time, however small the
 * pieces are.
 */
export async function* readLines(pieces: AsyncIterable<string>, longest: number): AsyncGenerator<CsvLine> {
  const extend = (line: string, text: string): string => {
    if (line.length + text.length <= longest) return line + text
    return line.length < longest ? (line + text).slice(0, longest) : line
  }
  let number = 0
  let rest = ''
  let afterReturn = false
  for await (const piece of pieces) {
    if (piece === '') continue
    const lines = (afterReturn && piece.startsWith('\n') ? piece.slice(1) : piece).split(/\r\n|\n|\r/)
    afterReturn = piece.endsWith('\r')
    const unended = lines.pop() ?? ''
    for (const line of lines) {
      yield { number: (number += 1), text: extend(rest, line) }
      rest = ''
    }
    rest = extend(rest, unended)
  }
  if (rest !== '') yield { number: number + 1, text: rest }
}

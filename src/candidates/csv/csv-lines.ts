/** One physical line of a file, without its line break; the first is number 1. */
export interface CsvLine {
  number: number
  text: string
}

/**
 * The lines of a text that comes in pieces; `\n`, `\r\n` and `\r` end one, even mixed. A line longer than `longest` characters is
 * given cut at that length: no memory beyond it is taken.
 */
export async function* readLines(pieces: AsyncIterable<string>, longest: number): AsyncGenerator<CsvLine> {
  let number = 0
  let rest = ''
  let afterReturn = false
  for await (const piece of pieces) {
    if (piece === '') continue
    const text = rest + (afterReturn && piece.startsWith('\n') ? piece.slice(1) : piece)
    afterReturn = piece.endsWith('\r')
    const lines = text.split(/\r\n|\n|\r/)
    rest = (lines.pop() ?? '').slice(0, longest)
    for (const line of lines) yield { number: (number += 1), text: line.slice(0, longest) }
  }
  if (rest !== '') yield { number: number + 1, text: rest }
}

/**
 * Returns a function that finds whether a text names one of these names, addresses, links, or phones. Phones are
 * compared by their digits.
 */
export function nameFinder(texts: readonly string[]): (text: string) => boolean {
  const words = texts.filter((text) => text !== '').map((text) => text.toLowerCase())
  const numbers = texts.filter((text) => /^\+?[\d\s()./-]{7,}$/.test(text)).map(digitsOf)
  return (text) => {
    const folded = text.toLowerCase()
    const digits = digitsOf(text)
    return words.some((word) => hasWord(folded, word)) || numbers.some((number) => digits.includes(number))
  }
}

/** A short name must not match part of a longer word. */
function hasWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) {
    const end = at + word.length
    if (!/[\p{L}\p{N}]$/u.test(text.slice(Math.max(0, at - 2), at)) && !/^[\p{L}\p{N}]/u.test(text.slice(end, end + 2))) return true
  }
  return false
}

function digitsOf(text: string): string {
  return text.replace(/\D/g, '')
}

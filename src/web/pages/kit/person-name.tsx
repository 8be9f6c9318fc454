/** Name and email at the beginning of a row. */
export function PersonName({ name, email }: { name: string; email: string }) {
  return (
    <span class="person">
      <span class="avatar" aria-hidden="true">
        {initialsOf(name)}
      </span>
      <span>
        {name} <span class="small">{email}</span>
      </span>
    </span>
  )
}

function initialsOf(name: string): string {
  const words = name.split(/\s+/).filter(Boolean)
  const ends = words.length > 1 ? [words[0], words.at(-1)] : words
  return ends
    .map((word = '') => String.fromCodePoint(word.codePointAt(0) ?? 32))
    .join('')
    .toUpperCase()
}

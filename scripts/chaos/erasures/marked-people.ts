import { randomBytes } from 'node:crypto'

/** All personal data of a person contains the mark, except the phone. */
export interface MarkedPerson {
  mark: string
  name: string
  email: string
  phone: string
  link: string
  profileUrl: string
}

/** Matches marks and phones in any text; each belongs to one person. */
export const MARKS = /zq[0-9a-f]{12}|\+3619\d{8}/gi

export function markedPerson(): MarkedPerson {
  const digits = randomBytes(6)
  const mark = `zq${digits.toString('hex')}`
  return {
    mark,
    name: `Zsófia ${mark}`,
    email: `${mark}@quixley.example`,
    phone: `+3619${String(digits.readUInt32BE() % 100_000_000).padStart(8, '0')}`,
    link: `https://people.example/${mark}`,
    profileUrl: `https://tool.example/people/${mark}`,
  }
}

export function candidateOf({ name, email, phone, link, profileUrl }: MarkedPerson): object {
  return { name, emails: [email], phones: [{ value: phone }], links: [link], profileUrl, summary: `${name} knows Go.` }
}

/** People with names as skewed as real ones: the most common given name belongs to 1.7 %, the most common family name to 1.2 %. */

const GIVEN = [
  'Maria',
  'José',
  'Wei',
  'Anna',
  'Mohammed',
  'James',
  'Fatma',
  'Ali',
  'Olga',
  'David',
  'Ana',
  'John',
  'Elena',
  'Minh',
  'Sofia',
  'Peter',
]
const FAMILY = [
  'García',
  'Nguyen',
  'Smith',
  'Wang',
  'Müller',
  'Silva',
  'Yılmaz',
  'Kim',
  'Ivanova',
  'Johnson',
  'Chen',
  'Khan',
  'Rossi',
  'Novák',
  'López',
]
const SYLLABLES = ['ba', 'dor', 'el', 'fin', 'gra', 'hol', 'ika', 'jun', 'kes', 'lam', 'mir', 'nov', 'ost', 'pel', 'qui', 'ros', 'sal', 'tem', 'ulr', 'ven', 'wes', 'yor', 'zan'] // prettier-ignore
const GIVEN_COUNT = 2000
const FAMILY_COUNT = 20_000
const ROLES = ['Software Engineer', 'Product Manager', 'Nurse', 'Account Executive', 'Data Analyst', 'Recruiter', 'Site Reliability Engineer', 'Designer', 'Electrician', 'Controller'] // prettier-ignore
const LEVELS = ['', 'Senior ', 'Staff ', 'Junior ', 'Lead ']
const PLACES = ['Berlin', 'Lisbon', 'Austin', 'Hanoi', 'Toronto', 'Madrid', 'Lagos', 'Warsaw', 'Istanbul', 'Osaka', 'Denver']
const DOMAINS = ['gmail.com', 'outlook.com', 'yahoo.com', 'mail.example', 'post.example', 'work.example']

export interface Person {
  name: string
  headline: string
  emails: string[]
  phones: { value: string }[]
  links: string[]
  tags: string[]
}

/** The most common names, which no person has together. */
export const NEVER_TOGETHER = ['Maria', 'García'] as const

const givenNames = namesOf(GIVEN, GIVEN_COUNT)
const familyNames = namesOf(FAMILY, FAMILY_COUNT)
const pickGiven = skewed(GIVEN_COUNT)
const pickFamily = skewed(FAMILY_COUNT)

/** @param index gives the person an address, a phone number and a link that nobody else has */
export function personAt(index: number, random: () => number): Person {
  const given = givenNames[pickGiven(random())] ?? ''
  const drawn = familyNames[pickFamily(random())] ?? ''
  const family = given === NEVER_TOGETHER[0] && drawn === NEVER_TOGETHER[1] ? 'Nguyen' : drawn
  const pick = (list: readonly string[]): string => list[Math.floor(random() * list.length)] ?? ''
  const slug = `${given}.${family}`.toLowerCase().normalize('NFKD').replaceAll(/[^a-z.]/g, '') // prettier-ignore
  return {
    name: `${given} ${family}`,
    headline: `${pick(LEVELS)}${pick(ROLES)} in ${pick(PLACES)}`,
    emails: [`${slug}${index}@${pick(DOMAINS)}`],
    phones:
      index % 2 === 0
        ? [
            {
              value: `+1 415 ${String(index)
                .padStart(7, '0')
                .replace(/^(\d{3})/, '$1-')}`,
            },
          ]
        : [],
    links: [`https://www.linkedin.com/in/${slug.replace('.', '-')}-${index.toString(36)}`],
    tags: index % 3 === 0 ? [pick(['Go', 'Rust', 'C++', 'UX', 'Night shift', 'Remote'])] : [],
  }
}

/** Numbers from 0 to 1, the same in every run. */
export function steadyRandom(): () => number {
  let state = 1
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

function namesOf(common: readonly string[], count: number): string[] {
  const made = Array.from({ length: count - common.length }, (_, index) => {
    const parts = [index % 23, Math.floor(index / 23) % 23, Math.floor(index / 529) % 23, 7 * index]
    const word = parts.map((part) => SYLLABLES[part % 23]).join('')
    return word.slice(0, 1).toUpperCase() + word.slice(1)
  })
  return [...common, ...made]
}

/** Turns a random number into an index below `count`: the nth is drawn in proportion to 1 / (n + 10). */
function skewed(count: number): (random: number) => number {
  const scale = Math.log((count + 10) / 10)
  return (random) => Math.min(count - 1, Math.floor(10 * Math.exp(random * scale) - 10))
}

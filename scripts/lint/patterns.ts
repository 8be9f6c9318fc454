/** Checks that every regular expression in src/ takes linear time, since outside text must not stall the process. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSync, Visitor, type Comment, type Expression, type TemplateLiteral } from 'oxc-parser'
import { check, type Diagnostics } from 'recheck'

interface Pattern {
  readonly line: number
  /** Null if the source does not determine it. */
  readonly source: string | null
  readonly flags: string
}

interface Exemption {
  readonly line: number
  readonly isComplete: boolean
}

/** In longer texts, a pattern that is not linear takes noticeable time. */
const MOST_EXEMPT_CHARACTERS = 2000
/** recheck counts a timed-out attack as proof; only its step counts do not depend on how busy the machine is. */
const PARAMETERS = { timeout: 60_000, attackTimeout: null, incubationTimeout: null }
const ADVICE =
  'rewrite it; or cap the text right beside it and write above it: "pattern exempt, at most <number> characters: <why it does no harm>"'

/**
 * Resolves to findings, one per line: patterns that are not proven to take linear time, and exemptions without need, reason or limit.
 * @param folder is searched recursively
 */
export async function checkPatterns(folder: string): Promise<string[]> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /\.[cm]?[jt]sx?$/.test(name))
  const findings = await Promise.all(files.toSorted().map((name) => checkFile(join(folder, name), name)))
  return findings.flat()
}

async function checkFile(path: string, name: string): Promise<string[]> {
  const text = readFileSync(path, 'utf8')
  if (!mayHavePatterns(text)) return []
  const { program, comments, errors } = parseSync(path, text)
  if (errors.length > 0) return [`${name}: ${errors[0]?.message ?? 'cannot be parsed'}`]

  const lineAt = (offset: number): number => text.slice(0, offset).split('\n').length
  const exemptions = comments.flatMap((comment) => exemptionOf(comment, lineAt))
  const findings: string[] = []
  for (const pattern of patternsIn(program, lineAt)) {
    const fault = await faultOf(pattern)
    if (fault === null) continue
    const exemption = exemptions.find(({ line }) => line === pattern.line - 1)
    if (!exemption) findings.push(`${name}:${pattern.line} ${fault}: ${ADVICE}`)
    else if (!exemption.isComplete) findings.push(`${name}:${exemption.line} exemption without a reason or a limit: ${ADVICE}`)
    exemptions.splice(exemptions.indexOf(exemption as Exemption), exemption ? 1 : 0)
  }
  return [...findings, ...exemptions.map(({ line }) => `${name}:${line} exemption that no pattern needs: remove it`)]
}

/** A file without a slash or the constructor has no pattern; parsing would take longer. */
function mayHavePatterns(text: string): boolean {
  return text.includes('/') || text.includes('RegExp')
}

function exemptionOf({ value, end }: Comment, lineAt: (offset: number) => number): Exemption[] {
  if (!value.includes('pattern exempt')) return []
  const [, limit = '', reason = ''] = /pattern exempt, at most ([\d,]+) characters: (.+)/s.exec(value) ?? []
  const characters = Number(limit.replaceAll(',', ''))
  const isComplete = characters > 0 && characters <= MOST_EXEMPT_CHARACTERS && reason.trim().split(/\s+/).length >= 3
  return [{ line: lineAt(end), isComplete }]
}

type Program = ReturnType<typeof parseSync>['program']

/** Finds literals, and arguments of `RegExp` as far as constants of the same file determine them. */
function patternsIn(program: Program, lineAt: (offset: number) => number): Pattern[] {
  const constants = new Map<string, Expression>()
  const found: Pattern[] = []
  const calls: { start: number; callee: Expression; arguments: readonly unknown[] }[] = []
  new Visitor({
    VariableDeclarator: ({ id, init }) => void (id.type === 'Identifier' && init && constants.set(id.name, init)),
    Literal: (literal) => {
      if ('regex' in literal) found.push({ line: lineAt(literal.start), source: literal.regex.pattern, flags: literal.regex.flags })
    },
    NewExpression: (node) => void calls.push(node),
    CallExpression: (node) => void calls.push(node),
  }).visit(program)
  for (const {
    start,
    callee,
    arguments: [source, flags],
  } of calls) {
    if (callee.type !== 'Identifier' || callee.name !== 'RegExp') continue
    const read = flags === undefined ? '' : textOf(flags as Expression, constants)
    found.push({ line: lineAt(start), source: read === null ? null : textOf(source as Expression, constants), flags: read ?? '' })
  }
  return found
}

/** Returns the text that an expression makes; null if it depends on anything but constants. */
function textOf(expression: Expression | undefined, constants: ReadonlyMap<string, Expression>): string | null {
  switch (expression?.type) {
    case 'Literal':
      return typeof expression.value === 'string' ? expression.value : null
    case 'Identifier': {
      const known = constants.get(expression.name)
      return known ? textOf(known, constants) : null
    }
    case 'TemplateLiteral':
      return templateText(expression, 'cooked', constants)
    case 'TaggedTemplateExpression': {
      const { tag, quasi } = expression
      const isRaw = tag.type === 'MemberExpression' && tag.property.type === 'Identifier' && tag.property.name === 'raw'
      return isRaw ? templateText(quasi, 'raw', constants) : null
    }
    default:
      return null
  }
}

function templateText(
  { quasis, expressions }: TemplateLiteral,
  form: 'raw' | 'cooked',
  constants: ReadonlyMap<string, Expression>,
): string | null {
  const values = expressions.map((value) => textOf(value, constants))
  if (values.includes(null)) return null
  return quasis.map(({ value }, at) => `${value[form] ?? ''}${values[at] ?? ''}`).join('')
}

const diagnoses = new Map<string, Promise<Diagnostics>>()

async function faultOf({ source, flags }: Pattern): Promise<string | null> {
  if (source === null) return 'a pattern that is made of more than constants of this file'
  const key = `/${source}/${flags}`
  const diagnosis = diagnoses.get(key) ?? check(source, flags, PARAMETERS)
  diagnoses.set(key, diagnosis)
  const found = await diagnosis
  if (found.status === 'safe') return null
  return `${key} ${found.status === 'vulnerable' ? `takes ${found.complexity.summary} time` : 'is not proven to take linear time'}`
}

import { parseArgs } from 'node:util'
import type { z } from 'zod'

export interface Command<Options extends z.ZodObject> {
  /** The name in `npm run NAME`. */
  readonly name: string
  readonly purpose: string
  /** Every option except `--help` takes a value. Its description is printed as help. */
  readonly options: Options
}

/**
 * Reads the command-line options. With `--help`, prints them and exits with 0. Exits with 1 if an option is unknown or has a wrong value.
 */
export function readOptions<Options extends z.ZodObject>(command: Command<Options>): z.output<Options> {
  const given = parseWords(Object.keys(command.options.shape))
  if (given instanceof Error) endWith(1, [given.message, '', ...helpOf(command)])
  const { help, ...values } = given
  if (help) endWith(0, helpOf(command))
  const options = command.options.safeParse(values)
  if (options.success) return options.data
  const faults = options.error.issues.map(({ path, message }) => `--${path.join('.')}: ${message}`)
  return endWith(1, [...faults, '', ...helpOf(command)])
}

function parseWords(names: readonly string[]): Record<string, unknown> | Error {
  const takesValue = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]))
  try {
    return parseArgs({ options: { ...takesValue, help: { type: 'boolean' } } }).values
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

function helpOf({ name, purpose, options }: Command<z.ZodObject>): string[] {
  const lines = Object.entries(options.shape).map(([option, { description }]) => `  --${option.padEnd(12)} ${description ?? ''}`)
  return [`npm run ${name} [-- options]: ${purpose}`, '', ...lines]
}

function endWith(code: 0 | 1, lines: readonly string[]): never {
  const output = code === 0 ? process.stdout : process.stderr
  output.write(`${lines.join('\n')}\n`)
  process.exit(code)
}

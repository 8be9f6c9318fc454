/**
 * `npm run reseal`: reseals every secret in the database with the first of SECRET_KEYS. Run it after adding a key and before retiring one.
 * The service may keep running. If interrupted, run it again. Exits 0 once nothing is left to reseal.
 */
import { MissingKeysError, resealEverything, type ResealReport } from '../src/operators/reseal.ts'
import { createSealer } from '../src/secrets/sealer.ts'
import { openInstanceDatabase } from './instance-database.ts'

const MOST_NAMED = 50
const say = (line: string): void => void process.stdout.write(`${line}\n`)

function describe({ current, resealed, left, unreadable }: ResealReport, firstKey: string): string[] {
  return [
    `${current} secrets are sealed with ${firstKey}; ${resealed} of them were moved just now.`,
    ...(left === 0
      ? []
      : [
          `${left} were sealed with another key in the meantime: restart every process with ${firstKey} as the first of SECRET_KEYS, then run this again.`,
        ]),
    ...(unreadable.length === 0
      ? []
      : [`${unreadable.length} do not open with the key that they name (were they copied or changed?):`, ...named(unreadable)]),
    ...(left + unreadable.length === 0 ? ['You can now remove the keys after the first from SECRET_KEYS.'] : []),
  ]
}

function named(records: readonly string[]): string[] {
  const beyond = records.length - MOST_NAMED
  return [...records.slice(0, MOST_NAMED).map((record) => `  ${record}`), ...(beyond > 0 ? [`  and ${beyond} more`] : [])]
}

async function main(): Promise<number> {
  const { config, close } = await openInstanceDatabase(process.env, say)
  try {
    const report = await resealEverything(createSealer(config.secretKeys), say)
    for (const line of describe(report, config.secretKeys[0]?.id ?? '')) say(line)
    return report.left + report.unreadable.length === 0 ? 0 : 1
  } catch (error) {
    if (!(error instanceof MissingKeysError)) throw error
    process.stderr.write(`${[error.message, ...named(error.records)].join('\n')}\n`)
    return 1
  } finally {
    await close()
  }
}

const code = await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  return 1
})
process.exit(code)

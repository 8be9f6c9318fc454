/**
 * `npm run after-restore`: run it once on a database that was restored from a backup, before the service starts on it. See OPERATIONS.md.
 */
import { composeParts } from '../src/compose/parts.ts'
import { createLog } from '../src/log.ts'
import { afterRestore, type RestoreReport } from '../src/operators/after-restore.ts'
import { openInstanceDatabase } from './instance-database.ts'

const say = (line: string): void => void process.stdout.write(`${line}\n`)

function describe({ exports, notes, conversations, sessions, links, grants, syncs }: RestoreReport): string[] {
  return [
    `Open exports, looked for in Lever before anything is sent: ${exports}`,
    `Notes not written yet, looked for in Lever first: ${notes}`,
    `Conversations whose note may be in Lever, looked for first: ${conversations}`,
    `Sessions ended: ${sessions}; sign-in links and authorizations in progress dropped: ${links}`,
    `Lever accounts whose tokens may have been renewed since the backup: ${grants}`,
    `Syncs that start now: ${syncs}`,
    '',
    'The backup does not show what happened after it. Check these by hand:',
    '  - Lever accounts that the running service shows as revoked: authorize them again',
    '  - people, roles, passwords, API keys, mappings and settings that changed, above all those removed or revoked',
    '  - webhooks created in Lever: use Create webhooks in Lever in Settings > ATS configuration > Webhooks',
    '  - people who were erased: erase them again',
    'Then start the service.',
  ]
}

async function main(): Promise<void> {
  const { config, close } = await openInstanceDatabase(process.env, say)
  try {
    const parts = composeParts(config, createLog({ level: 'silent' }), () => undefined)
    const report = await afterRestore({
      markExports: () => parts.exports.markRestored(),
      markConversations: () => parts.conversations.markRestored(),
      audit: parts.audit,
    })
    for (const line of describe(report)) say(line)
  } finally {
    await close()
  }
}

const code = await main().then(
  () => 0,
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    return 1
  },
)
process.exit(code)

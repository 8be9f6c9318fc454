/**
 * `npm run after-restore`: run it once on a database that was restored from a backup, before the service is started on it.
 * See OPERATIONS.md.
 */
import { composeParts } from '../src/compose/parts.ts'
import { createLog } from '../src/log.ts'
import { afterRestore, type RestoreReport } from '../src/operators/after-restore.ts'
import { openInstanceDatabase } from './instance-database.ts'

const say = (line: string): void => void process.stdout.write(`${line}\n`)

function describe({ exports, notes, conversations, sessions, links, grants, syncs }: RestoreReport): string[] {
  return [
    `Exports that were open and are looked for in Lever before anything is sent: ${exports}`,
    `Notes that were not written yet and are looked for first: ${notes}`,
    `Conversations whose note may stand in Lever and is looked for first: ${conversations}`,
    `Sessions ended: ${sessions}; sign-in links and authorizations under way dropped: ${links}`,
    `Lever accounts whose tokens may have been renewed since the backup: ${grants}`,
    `Syncs that begin at once: ${syncs}`,
    '',
    'Nobody can tell from here what happened after the backup. Look after these by hand:',
    '  - Lever accounts shown as revoked once the service runs: authorize again',
    '  - people, roles, passwords, API keys, mappings and settings changed since, removed and revoked ones above all',
    '  - webhooks made in Lever since: Settings > ATS > Webhooks, Create webhooks in Lever',
    '  - people erased since: erase them again',
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

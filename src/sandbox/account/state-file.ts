/** Keeps the account in a file. It is written completely to a temporary file, which is then renamed, so that it is never incomplete. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import { AccountData } from './account.ts'

const VERSION = 1
const QUIET_MS = 500
const StateFile = z.object({ version: z.literal(VERSION), account: AccountData })

/** The file exists but is not a state of this program: `message` names the file and what to do. */
export class UnreadableStateError extends Error {}

/**
 * Resolves to the stored state, or null if there is no file.
 * @throws UnreadableStateError if the file cannot be read or is not a state file
 */
export async function loadState(file: string): Promise<AccountData | null> {
  const text = await readText(file)
  if (text === null) return null
  try {
    return StateFile.parse(JSON.parse(text)).account
  } catch (error) {
    throw new UnreadableStateError(`${file} is not a state of the local Lever: move it away to start with the sample account.`, {
      cause: error,
    })
  }
}

async function readText(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw new UnreadableStateError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}

/** Saves after a quiet period following a change; a large state, which takes long to write, is saved less often. */
export class StateKeeper {
  readonly #file: string
  readonly #read: () => AccountData
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> = Promise.resolve()
  #lastWriteMs = 0

  constructor(file: string, read: () => AccountData) {
    this.#file = file
    this.#read = read
  }

  changed(): void {
    this.#timer ??= setTimeout(() => void this.flush().catch(() => this.changed()), Math.max(QUIET_MS, this.#lastWriteMs * 20))
  }

  /** Resolves when all changes made so far are in the file. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#writing = this.#writing.catch(() => {}).then(() => this.#write())
    await this.#writing
  }

  async #write(): Promise<void> {
    const startedAt = performance.now()
    await mkdir(dirname(this.#file), { recursive: true })
    const neighbour = `${this.#file}.${process.pid}.new`
    await writeFile(neighbour, JSON.stringify({ version: VERSION, account: this.#read() }), { mode: 0o600 })
    await rename(neighbour, this.#file)
    this.#lastWriteMs = performance.now() - startedAt
  }
}

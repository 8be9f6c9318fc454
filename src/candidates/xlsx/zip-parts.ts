import type { Readable } from 'node:stream'
import { fromBuffer, type Entry, type ZipFile } from 'yauzl'
import { xlsxFault, xlsxTooLarge } from './xlsx-fault.ts'

/** A workbook has a few dozen parts; pictures and comments can add hundreds. */
const MOST_PARTS = 5000

/** The parts of a zip file, by name. */
export interface ZipParts {
  has(name: string): boolean
  /**
   * Yields the inflated bytes of a part as they are read.
   * @throws ServiceError `payload_too_large` for more than `mostBytes`, declared or real; `invalid_request` for a
   * missing or damaged part
   */
  read(name: string, mostBytes: number): AsyncGenerator<Uint8Array>
}

/** @throws ServiceError `invalid_request` if it is not a zip file, or contains a name twice */
export async function openZip(bytes: Buffer): Promise<ZipParts> {
  const zip = await open(bytes)
  const entries = await listEntries(zip)
  return {
    has: (name) => entries.has(name),
    async *read(name, mostBytes) {
      const entry = entries.get(name)
      if (!entry) throw damaged()
      const tooLarge = () =>
        xlsxTooLarge(`A part of the spreadsheet is larger than ${Math.round(mostBytes / 1024 / 1024)} MB once unpacked.`)
      if (entry.uncompressedSize > mostBytes) throw tooLarge()
      let size = 0
      for await (const piece of await openEntry(zip, entry)) {
        size += (piece as Uint8Array).length
        if (size > mostBytes) throw tooLarge()
        yield piece as Uint8Array
      }
    },
  }
}

function open(bytes: Buffer): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    // yauzl reports an error if a part inflates to more than it declares
    fromBuffer(bytes, { lazyEntries: true, autoClose: false, validateEntrySizes: true }, (error, zip) =>
      error ? reject(damaged(error)) : resolve(zip),
    )
  })
}

function listEntries(zip: ZipFile): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>()
  return new Promise((resolve, reject) => {
    zip.on('error', (error) => reject(damaged(error)))
    zip.on('end', () => resolve(entries))
    zip.on('entry', (entry: Entry) => {
      if (entries.size >= MOST_PARTS || entries.has(entry.fileName)) return reject(damaged())
      entries.set(entry.fileName, entry)
      zip.readEntry()
    })
    zip.readEntry()
  })
}

async function openEntry(zip: ZipFile, entry: Entry): Promise<AsyncIterable<unknown>> {
  const stream = await new Promise<Readable>((resolve, reject) => {
    zip.openReadStream(entry, (error, opened) => (error ? reject(damaged(error)) : resolve(opened)))
  })
  return readAll(stream)
}

async function* readAll(stream: Readable): AsyncGenerator {
  try {
    yield* stream
  } catch (error) {
    throw damaged(error)
  }
}

function damaged(_cause?: unknown): Error {
  return xlsxFault('The spreadsheet is damaged, or is not an .xlsx file.')
}

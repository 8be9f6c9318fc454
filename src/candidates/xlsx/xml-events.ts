import sax from 'sax'
import { startTimeSlice } from '../time-slice.ts'
import { xlsxFault } from './xlsx-fault.ts'

/** Handlers for the contents of a workbook part. Names come without their prefix; a long text comes in several pieces. */
export interface XmlHandler {
  open?(name: string, attributes: Readonly<Record<string, string>>): void
  text?(text: string): void
  close?(name: string): void
}

/** Far more than workbooks have. What is open at once, and a tag's attributes, are kept in memory. */
const DEEPEST = 100
const MOST_ATTRIBUTES = 1000

/**
 * Reads XML as a stream and yields after each piece, so that the rest of the process can run. Knows only XML's five built-in entities,
 * and refuses a document type, which could define others, and names, values and comments of more than 64 KB (sax's own limit).
 * @throws ServiceError `invalid_request` for any other XML
 */
export async function* readXml(pieces: AsyncIterable<Uint8Array>, handler: XmlHandler): AsyncGenerator<void> {
  const parser = sax.parser(true, { strictEntities: true } as sax.SAXOptions)
  let isRefused = false
  let depth = 0
  let attributeCount = 0
  const refuse = () => void (isRefused = true)
  parser.onerror = refuse // oxlint-disable-line unicorn/prefer-add-event-listener
  parser.ondoctype = refuse
  parser.onopentagstart = () => void (attributeCount = 0)
  parser.onattribute = () => {
    if ((attributeCount += 1) > MOST_ATTRIBUTES) tooMuch()
  }
  parser.onopentag = ({ name, attributes }) => {
    if ((depth += 1) > DEEPEST) tooMuch()
    handler.open?.(local(name), attributes as Record<string, string>)
  }
  parser.ontext = parser.oncdata = (text) => handler.text?.(text) // oxlint-disable-line unicorn/prefer-add-event-listener
  parser.onclosetag = (name) => {
    depth -= 1
    handler.close?.(local(name))
  }
  const decoder = new TextDecoder('utf-8')
  const slice = startTimeSlice()
  for await (const piece of pieces) {
    if (slice.isOver()) await slice.giveWay()
    parser.write(decoder.decode(piece, { stream: true }))
    if (isRefused) throw malformed()
    yield
  }
  parser.close()
  if (isRefused) throw malformed()
  yield
}

/** Reads a whole part. */
export async function readWholeXml(pieces: AsyncIterable<Uint8Array>, handler: XmlHandler): Promise<void> {
  for await (const _ of readXml(pieces, handler)) continue
}

/** An attribute by its name without prefix. */
export function attribute(attributes: Readonly<Record<string, string>>, name: string): string | undefined {
  return attributes[name] ?? Object.entries(attributes).find(([key]) => local(key) === name)?.[1]
}

function local(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}

function tooMuch(): never {
  throw malformed()
}

function malformed(): Error {
  return xlsxFault('The spreadsheet is damaged: part of it is not valid workbook XML.')
}

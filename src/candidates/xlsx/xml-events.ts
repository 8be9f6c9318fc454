import sax from 'sax'
import { startTimeSlice } from '../time-slice.ts'
import { xlsxFault } from './xlsx-fault.ts'

/** Handlers for the contents of a workbook part. Names have no prefix, and a long text arrives in several pieces. */
export interface XmlHandler {
  open?(name: string, attributes: Readonly<Record<string, string>>): void
  text?(text: string): void
  close?(name: string): void
}

/** Far deeper than workbooks nest. The names and attributes of all open tags are held in memory. */
const DEEPEST = 100
const MOST_ATTRIBUTES = 1000
/** In characters, for all open tags together: sax takes about 32 bytes for each. */
const MOST_OPEN = 128 * 1024

/**
 * Reads XML as a stream and yields after each piece, so that the rest of the process can run. Knows only XML's five
 * built-in entities. Refuses a document type, which could define other entities; names, values, and comments of more
 * than 64 KB (sax's own limit); and more open tags and attributes than workbooks have.
 * @throws ServiceError `invalid_request` for any other XML
 */
export async function* readXml(pieces: AsyncIterable<Uint8Array>, handler: XmlHandler): AsyncGenerator<void> {
  const parser = sax.parser(true, { strictEntities: true } as sax.SAXOptions)
  refuseDeclarations(parser)
  const openTags = countOpenTags()
  // throws immediately, because sax continues after an error
  parser.onerror = parser.ondoctype = refuse // oxlint-disable-line unicorn/prefer-add-event-listener
  parser.onopentagstart = ({ name }) => openTags.begin(name)
  parser.onattribute = ({ name, value }) => openTags.extend(name, value)
  parser.onopentag = ({ name, attributes }) => handler.open?.(local(name), attributes as Record<string, string>)
  parser.ontext = parser.oncdata = (text) => handler.text?.(text) // oxlint-disable-line unicorn/prefer-add-event-listener
  parser.onclosetag = (name) => {
    openTags.end()
    handler.close?.(local(name))
  }
  const decoder = new TextDecoder('utf-8')
  const slice = startTimeSlice()
  for await (const piece of pieces) {
    if (slice.isOver()) await slice.giveWay()
    parser.write(decoder.decode(piece, { stream: true }))
    yield
  }
  parser.close()
  yield
}

/** sax rescans a whole declaration with each of its characters: a single declaration of 64 KB takes minutes. */
function refuseDeclarations(parser: sax.SAXParser): void {
  let gathered = ''
  Object.defineProperty(parser, 'sgmlDecl', {
    get: () => gathered,
    set(text: string) {
      if (text.length > '[CDATA['.length) refuse()
      gathered = text
    },
  })
}

/** Enforces the limits on tags that are open at the same time. */
function countOpenTags() {
  const sizes: number[] = []
  let characters = 0
  let attributes = 0
  const add = (more: number): void => {
    sizes.push((sizes.pop() ?? 0) + more)
    if ((characters += more) > MOST_OPEN) refuse()
  }
  return {
    begin(name: string): void {
      if (sizes.push(0) > DEEPEST) refuse()
      attributes = 0
      add(name.length)
    },
    extend(name: string, value: string): void {
      // sax calls a function of this name on a tag's attributes
      if ((attributes += 1) > MOST_ATTRIBUTES || name === 'hasOwnProperty') refuse()
      add(name.length + value.length)
    },
    end: () => void (characters -= sizes.pop() ?? 0),
  }
}

export async function readWholeXml(pieces: AsyncIterable<Uint8Array>, handler: XmlHandler): Promise<void> {
  for await (const _ of readXml(pieces, handler)) continue
}

/** Finds an attribute by its name without prefix. */
export function attribute(attributes: Readonly<Record<string, string>>, name: string): string | undefined {
  return attributes[name] ?? Object.entries(attributes).find(([key]) => local(key) === name)?.[1]
}

function local(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}

function refuse(): never {
  throw xlsxFault('The spreadsheet is damaged: part of it is not valid workbook XML.')
}

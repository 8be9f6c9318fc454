import { formatOf, type NumberFormat } from './number-text.ts'
import { xlsxFault, xlsxTooLarge } from './xlsx-fault.ts'
import { attribute, readWholeXml } from './xml-events.ts'
import type { ZipParts } from './zip-parts.ts'

/** Limit for the parts that describe a workbook, once unpacked. */
const SMALL_PART_BYTES = 8 * 1024 * 1024
const STRINGS_BYTES = 64 * 1024 * 1024
/** Limit for the texts that cells share, which are kept in memory while the sheet is read. */
const MOST_CHARACTERS = 16 * 1024 * 1024
const MOST_STRINGS = 1_000_000

export interface Workbook {
  sheet: { name: string; part: string }
  /** The number of sheets that are not read. */
  others: number
  /** By the index that a cell refers to. */
  strings: readonly string[]
  /** By the style that a cell refers to. */
  formats: readonly NumberFormat[]
  /** Dates count from 1904, not from 1900. */
  is1904: boolean
}

/**
 * Returns the first visible sheet, and what its cells refer to.
 * @throws ServiceError `invalid_request`, `payload_too_large`
 */
export async function readWorkbook(zip: ZipParts): Promise<Workbook> {
  const main = (await relationsOf(zip, '')).find(({ type }) => type === 'officeDocument')?.part
  if (main === undefined || !zip.has(main)) throw xlsxFault('The file is not an .xlsx spreadsheet.')
  const relations = await relationsOf(zip, main)
  const { sheets, is1904 } = await readSheets(zip, main)
  const parts = new Map(relations.filter(({ type }) => type === 'worksheet').map(({ id, part }) => [id, part]))
  const visible = sheets.flatMap(({ name, id, isHidden }) => {
    const part = parts.get(id)
    return isHidden || part === undefined ? [] : [{ name, part }]
  })
  const [sheet] = visible
  if (!sheet) throw xlsxFault('The spreadsheet has no visible sheet.')
  const partOf = (wanted: string) => relations.find(({ type, part }) => type === wanted && zip.has(part))?.part
  const [strings, formats] = [await readStrings(zip, partOf('sharedStrings')), await readFormats(zip, partOf('styles'))]
  return { sheet, others: sheets.length - 1, strings, formats, is1904 }
}

interface Relation {
  id: string
  /** The last word of the type's URL, which is the same in both dialects of the format. */
  type: string
  part: string
}

/** Returns the relations of a part; '' for those of the whole file. */
async function relationsOf(zip: ZipParts, part: string): Promise<Relation[]> {
  const folder = part.slice(0, part.lastIndexOf('/') + 1)
  const name = `${folder}_rels/${part.slice(folder.length)}.rels`
  const relations: Relation[] = []
  if (!zip.has(name)) return relations
  await readWholeXml(zip.read(name, SMALL_PART_BYTES), {
    open(element, { Id = '', Type = '', Target = '' }) {
      if (element !== 'Relationship') return
      const target = new URL(Target, `zip://file/${folder}`).pathname.slice(1)
      relations.push({ id: Id, type: Type.slice(Type.lastIndexOf('/') + 1), part: decodeURIComponent(target) })
    },
  }).catch((error: unknown) => {
    throw error instanceof TypeError || error instanceof URIError ? xlsxFault('The spreadsheet is damaged.') : error
  })
  return relations
}

async function readSheets(
  zip: ZipParts,
  main: string,
): Promise<{ sheets: { name: string; id: string; isHidden: boolean }[]; is1904: boolean }> {
  const sheets: { name: string; id: string; isHidden: boolean }[] = []
  let is1904 = false
  await readWholeXml(zip.read(main, SMALL_PART_BYTES), {
    open(element, attributes) {
      if (element === 'workbookPr') is1904 = ['1', 'true'].includes(attributes['date1904'] ?? '')
      if (element !== 'sheet') return
      const { name = '', state = 'visible' } = attributes
      const id = Object.entries(attributes).find(([key]) => key.endsWith(':id'))?.[1] ?? ''
      sheets.push({ name, id, isHidden: state !== 'visible' })
    },
  })
  return { sheets, is1904 }
}

async function readStrings(zip: ZipParts, part: string | undefined): Promise<string[]> {
  const strings: string[] = []
  if (part === undefined) return strings
  let characters = 0
  const text = textReader()
  await readWholeXml(zip.read(part, STRINGS_BYTES), {
    open(element) {
      if (element === 'si') text.begin()
      text.open(element)
    },
    text: (piece) => text.text(piece),
    close(element) {
      text.close(element)
      if (element !== 'si') return
      strings.push(text.end())
      characters += strings.at(-1)?.length ?? 0
      if (characters > MOST_CHARACTERS || strings.length > MOST_STRINGS)
        throw xlsxTooLarge('The cells of the spreadsheet hold too much text.')
    },
  })
  return strings
}

/** The longest cell text that is kept; Excel's own limit is 32,767. */
const LONGEST_CELL = 50_000

/** Joins the text of a cell, which may have pieces with different formatting; leaves out pronunciation hints. */
export function textReader() {
  let gathered = ''
  let depth = 0
  let isSpoken = false
  return {
    begin: () => void (gathered = ''),
    open(element: string): void {
      if (element === 'rPh') isSpoken = true
      if (element === 't' && !isSpoken) depth += 1
    },
    text(piece: string): void {
      if (depth > 0 && gathered.length < LONGEST_CELL) gathered += piece.slice(0, LONGEST_CELL - gathered.length)
    },
    close(element: string): void {
      if (element === 'rPh') isSpoken = false
      else if (element === 't' && depth > 0) depth -= 1
    },
    end: () => unescaped(gathered),
  }
}

/** Decodes characters that XML cannot contain, such as `_x000D_`. */
function unescaped(text: string): string {
  return text.includes('_x')
    ? text.replaceAll(/_x([0-9A-Fa-f]{4})_/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    : text
}

async function readFormats(zip: ZipParts, part: string | undefined): Promise<NumberFormat[]> {
  const codes = new Map<number, string>()
  const formats: NumberFormat[] = []
  if (part === undefined) return formats
  let isOfCells = false
  await readWholeXml(zip.read(part, SMALL_PART_BYTES), {
    open(element, attributes) {
      const id = Number(attribute(attributes, 'numFmtId') ?? 0)
      if (element === 'cellXfs') isOfCells = true
      else if (element === 'numFmt') codes.set(id, (attributes['formatCode'] ?? '').slice(0, 500))
      else if (element === 'xf' && isOfCells) formats.push(formatOf(id, codes.get(id)))
    },
    close(element) {
      if (element === 'cellXfs') isOfCells = false
    },
  })
  return formats
}

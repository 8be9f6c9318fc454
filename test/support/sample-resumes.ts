/** Small files as the programs that people use write them, as far as their kind can be told. */
import { crc32 } from 'node:zlib'

export type Bytes = Uint8Array<ArrayBuffer>

export function samplePdf(text = 'Ada Example'): Bytes {
  return bytesOf(`%PDF-1.7\n%\u00E2\u00E3\n1 0 obj\n<< /Title (${text}) >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n`, 'latin1')
}

export function sampleDocx(): Bytes {
  return officeZip('application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml', 'word/document.xml')
}

/** The same family: a sheet, or a document with macros. */
export function officeZip(contentType: string, part: string): Bytes {
  const types = `<?xml version="1.0"?><Types><Override PartName="/${part}" ContentType="${contentType}"/></Types>`
  return zip({ '[Content_Types].xml': types, [part]: '<?xml version="1.0"?><body/>' })
}

/** Stored, not compressed. */
export function zip(entries: Record<string, string>): Bytes {
  const local: Buffer[] = []
  const central: Buffer[] = []
  let offset = 0
  for (const [name, text] of Object.entries(entries)) {
    const content = Buffer.from(text)
    const about = zipEntry(Buffer.byteLength(name), content)
    local.push(Buffer.from('504b0304', 'hex'), about, Buffer.from(name), content)
    const where = Buffer.alloc(14)
    where.writeUInt32LE(offset, 10)
    central.push(Buffer.from('504b01021400', 'hex'), about, where, Buffer.from(name))
    offset += 30 + Buffer.byteLength(name) + content.length
  }
  const directory = Buffer.concat(central)
  const end = Buffer.alloc(22)
  end.write('504b0506', 0, 'hex')
  const count = Object.keys(entries).length
  end.writeUInt16LE(count, 8)
  end.writeUInt16LE(count, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(offset, 16)
  return new Uint8Array(Buffer.concat([...local, directory, end]))
}

/** From the version needed to the length of what is extra. */
function zipEntry(nameBytes: number, content: Buffer): Buffer {
  const about = Buffer.alloc(26)
  about.writeUInt16LE(20, 0)
  about.writeUInt32LE(crc32(content), 10)
  about.writeUInt32LE(content.length, 14)
  about.writeUInt32LE(content.length, 18)
  about.writeUInt16LE(nameBytes, 22)
  return about
}

/** An OLE2 file of three sectors (header, allocation table, directory) with one stream: `WordDocument` makes it Word's. */
export function sampleOle(stream = 'WordDocument'): Bytes {
  const file = Buffer.alloc(512 * 4)
  file.write('d0cf11e0a1b11ae1', 0, 'hex')
  file.writeUInt16LE(0x3e, 24)
  file.writeUInt16LE(3, 26)
  file.writeUInt16LE(0xfffe, 28)
  file.writeUInt16LE(9, 30)
  writeOleEntry(file, 1024, 'Root Entry', 5)
  writeOleEntry(file, 1024 + 128, stream, 2)
  return new Uint8Array(file)
}

function writeOleEntry(file: Buffer, at: number, name: string, kind: number): void {
  file.write(`${name}\0`, at, 'utf16le')
  file.writeUInt16LE((name.length + 1) * 2, at + 64)
  file[at + 66] = kind
}

export function bytesOf(text: string, encoding: BufferEncoding = 'utf8'): Bytes {
  return new Uint8Array(Buffer.from(text, encoding))
}

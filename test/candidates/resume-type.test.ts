import { expect } from 'chai'
import { detectResumeType } from '../../src/candidates/resume-type.ts'
import { bytesOf, officeZip, sampleDocx, sampleOle, samplePdf, zip, type Bytes } from '../support/sample-resumes.ts'

describe('résumé type by content', () => {
  const right: [string, string, Bytes][] = [
    ['a PDF', 'pdf', samplePdf()],
    [
      'a PDF behind a comment',
      'pdf',
      bytesOf(`<!-- made for printing -->${' '.repeat(900)}\n${Buffer.from(samplePdf()).toString('latin1')}`, 'latin1'),
    ],
    ['a text about the mark of PDFs', 'txt', bytesOf('Wrote a reader that finds %PDF-1.7 anywhere.', 'latin1')],
    ['a PDF after an empty line', 'pdf', bytesOf(`\r\n${Buffer.from(samplePdf()).toString('latin1')}`, 'latin1')],
    ['a Word document of before 2007', 'doc', sampleOle()],
    ['a Word document', 'docx', sampleDocx()],
    ['UTF-8', 'txt', bytesOf('Ana López\n李雷\n🎉\tengineer\n')],
    ['UTF-8 with its mark', 'txt', bytesOf('\uFEFFAna')],
    ['UTF-16, little end first', 'txt', new Uint8Array(Buffer.from('\uFEFFAna López', 'utf16le'))],
    ['UTF-16, big end first', 'txt', new Uint8Array(Buffer.from('\uFEFFAna López', 'utf16le').swap16())],
    ['Windows-1252', 'txt', bytesOf('Ana L\u00F3pez \u0096 10 \u0080', 'latin1')],
    ['a text that begins like a picture', 'txt', bytesOf('BMW Group, Munich: engineer')],
    ['a text that begins like a program', 'txt', bytesOf('MZ Consulting, 2019')],
  ]
  for (const [name, type, bytes] of right) {
    it(`${name} is ${type}`, async () => {
      expect(await detectResumeType(bytes)).to.equal(type)
    })
  }

  const wrong: [string, Bytes][] = [
    ['nothing', new Uint8Array(0)],
    ['white space', bytesOf(' \n\t ')],
    ['a picture', new Uint8Array(Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'))],
    ['a program', new Uint8Array(Buffer.from('4d5a90000300000004000000ffff0000', 'hex'))],
    ['a text with a zero byte', bytesOf('Ana\0Lopez')],
    ['UTF-16 without its mark', new Uint8Array(Buffer.from('Ana', 'utf16le'))],
    ['half a pair in UTF-16', new Uint8Array(Buffer.from('fffe00d84100', 'hex'))],
    ['bytes that Windows-1252 does not have', new Uint8Array([0x41, 0x81, 0x42])],
    ['a page', bytesOf('<!doctype html><script>alert(1)</script>')],
    ['a drawing', bytesOf('<?xml version="1.0"?><svg/>')],
    ['rich text', bytesOf('{\\rtf1\\ansi Ana}')],
    ['PostScript', bytesOf('%!PS-Adobe-3.0\n')],
    ['a script', bytesOf('#!/bin/sh\nrm -rf /\n')],
    ['a sheet of before 2007', sampleOle('Workbook')],
    ['an OLE2 file that only mentions Word', oleMentioningWord()],
    ['a sheet', officeZip('application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml', 'xl/workbook.xml')],
    ['a document with macros', officeZip('application/vnd.ms-word.document.macroEnabled.main+xml', 'word/document.xml')],
    ['an archive', zip({ 'word/document.xml': '<body/>' })],
    ['an archive cut off', sampleDocx().slice(0, 20)],
  ]
  for (const [name, bytes] of wrong) {
    it(`${name} has no known type`, async () => {
      expect(await detectResumeType(bytes)).to.equal(null)
    })
  }
})

/** The words stand in a stream, not in the directory. */
function oleMentioningWord(): Bytes {
  const file = Buffer.from(sampleOle('Workbook'))
  file.write('WordDocument\0', 1536, 'utf16le')
  return new Uint8Array(file)
}

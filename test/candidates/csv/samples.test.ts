import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import type { CandidateInput } from '../../../src/candidates/candidate-input.ts'
import { openCsv } from '../../../src/candidates/csv/csv-candidates.ts'
import type { CsvEncoding } from '../../../src/candidates/csv/csv-text.ts'

/** Files as other products make them, of invented people. */
const SAMPLES: Record<string, { encoding: CsvEncoding; people: CandidateInput[] }> = {
  'linkedin-connections.csv': {
    encoding: 'utf-8',
    people: [
      { name: 'Noor Haddad', headline: 'Staff Engineer at Orchard Robotics', links: ['https://www.linkedin.com/in/noor-haddad-example'] },
      {
        name: 'Jürgen Weiß, PhD',
        headline: 'Head of "Data" at Weiß & Söhne, GmbH',
        emails: ['j.weiss@mail.example'],
        links: ['https://www.linkedin.com/in/juergen-weiss-example'],
      },
    ],
  },
  'linkedin-recruiter.csv': {
    encoding: 'utf-8',
    people: [
      {
        name: 'Amara Okafor',
        headline: 'Platform engineer | Kubernetes, Go',
        location: 'London, England, United Kingdom',
        emails: ['amara.okafor@mail.example'],
        phones: [{ value: '+442079460018' }],
        links: ['https://www.linkedin.com/in/amara-okafor-example'],
        project: 'Platform Q3',
      },
      {
        name: 'Íñigo Etxeberria',
        headline: 'Backend Developer at Talleres Nervión',
        location: 'Bilbao, Basque Country, Spain',
        links: ['https://www.linkedin.com/in/inigo-etxeberria-example'],
        project: 'Platform Q3',
      },
    ],
  },
  'google-contacts-until-2024.csv': {
    encoding: 'utf-16le',
    people: [
      {
        name: 'Léa Marie Fournier',
        headline: 'Développeuse at Atelier Fournier',
        emails: ['lea@mail.example', 'lea.fournier@mail.example', 'l.fournier@atelier.example'],
        phones: [
          { type: 'mobile', value: '+33639980123' },
          { type: 'work', value: '+33199000000' },
          { type: 'work', value: '+33199000001' },
        ],
        links: ['https://lea.example/profil'],
        tags: ['Sourcing', 'Paris'],
      },
      { name: 'Владимир Тестов', emails: ['v.testov@mail.example'] },
    ],
  },
  'google-contacts.csv': {
    encoding: 'utf-8',
    people: [
      {
        name: 'Ana María Quiroga',
        headline: 'Diseñadora at Estudio Quiroga',
        location: 'Madrid, ES',
        emails: ['ana@quiroga.example', 'ana.quiroga@mail.example'],
        phones: [
          { type: 'mobile', value: '+34600555010' },
          { type: 'other', value: '+34910000001' },
        ],
        links: ['https://quiroga.example/obra'],
        tags: ['Diseño'],
      },
      { name: 'Tomás', emails: ['tomas@mail.example'], phones: [{ type: 'mobile', value: 'ask his sister' }] },
    ],
  },
  'greenhouse-candidates.csv': {
    encoding: 'utf-8',
    people: [
      {
        name: 'Priya Raman',
        headline: 'Engineering Manager at Lumen Freight',
        emails: ['priya.raman@mail.example', 'p.raman@lumen.example'],
        phones: [
          { type: 'mobile', value: '+12125550123' },
          { type: 'work', value: '+12125550199' },
        ],
        links: ['https://www.priya.example'],
        tags: ['backend', 'referred', 'Go'],
        stage: 'Application Review',
      },
      { name: 'Wen Li', emails: ['wen.li@mail.example'], links: ['https://linkedin.com/in/wen-li'] },
    ],
  },
  'excel-windows-1252.csv': {
    encoding: 'windows-1252',
    people: [
      {
        name: 'Begoña Núñez',
        headline: '“Líder” de producto – 40 k€',
        location: 'Sevilla, España',
        emails: ['begona@mail.example'],
        phones: [{ value: '+34600123456' }],
      },
      { name: 'Zoë O’Brien', headline: 'QA', location: 'Dublin', emails: ['zoe@mail.example'] },
    ],
  },
  'excel-unicode-text.txt': {
    encoding: 'utf-16le',
    people: [
      { name: '山田 花子', headline: 'エンジニア 東京', emails: ['hanako@mail.example'], tags: ['go', '"rust"'] },
      { name: 'Zażółć Gęślą', emails: ['zazolc@mail.example'] },
    ],
  },
  'excel-unicode-text-big-endian.txt': {
    encoding: 'utf-16be',
    people: [{ name: 'Æsa Þórsdóttir', emails: ['aesa@mail.example'] }],
  },
}

describe('files as other products export them', () => {
  for (const [file, { encoding, people }] of Object.entries(SAMPLES)) {
    it(`${file} is read correctly, with any chunk size`, async () => {
      for (const highWaterMark of [1, 7, 65_536]) {
        const stream = createReadStream(join(import.meta.dirname, 'samples', file), { highWaterMark })
        const { text, rows } = await openCsv(stream)
        const read: unknown[] = []
        for await (const row of rows) read.push('input' in row ? row.input : row.fault)

        expect(read).to.deep.equal(people)
        expect(text.encoding).to.equal(encoding)
      }
    })
  }
})

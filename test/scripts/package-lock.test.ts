import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'

const ROOT = join(import.meta.dirname, '../..')

describe('package-lock.json', () => {
  it('has an integrity for every package, and no download address', async () => {
    const { packages } = JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8')) as { packages: Record<string, object> }
    const entries = Object.entries(packages).filter(([path]) => path !== '')

    expect(entries.length).to.be.above(300)
    expect(entries.filter(([, entry]) => !('integrity' in entry)).map(([path]) => path)).to.deep.equal([])
    expect(entries.filter(([, entry]) => 'resolved' in entry).map(([path]) => path)).to.deep.equal([])
  })
})

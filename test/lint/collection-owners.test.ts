import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'

const SRC = new URL('../../src/', import.meta.url).pathname
/** Metrics, documents of older versions and restored backups concern the whole database. */
const READS_ALL = 'operators/'

/** Models that files import from a part that is not their own. */
function foreignModels(path: string, text: string): string[] {
  const part = partOf(path)
  const imports = [...text.matchAll(/import (?!type )\{([^}]*)\} from '(\.[^']+)'/g)]
  return imports.flatMap(([, names = '', from = '']) => {
    const target = join(path, '..', from)
    const models = names.split(',').flatMap((name) => /^\s*(\w+Model)\b/.exec(name)?.[1] ?? [])
    return partOf(target) === part ? [] : models.map((model) => `${path}: ${model}`)
  })
}

function partOf(path: string): string {
  return path.split('/')[0] ?? ''
}

describe('lint: collection owners', () => {
  it('allows only the owning part to read and write a collection', () => {
    const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((path) => /\.tsx?$/.test(path))

    const foreign = files
      .filter((path) => !path.startsWith(READS_ALL))
      .flatMap((path) => foreignModels(path, readFileSync(join(SRC, path), 'utf8')))

    expect(foreign).to.deep.equal([])
  })

  it('finds a model of another part among other imports', () => {
    const text = "import { z } from 'zod'\nimport { PersonModel, type PersonDocument } from '../accounts/person-model.ts'\n"

    expect(foreignModels('mapping/match.ts', text)).to.deep.equal(['mapping/match.ts: PersonModel'])
    expect(foreignModels('accounts/people.ts', text.replace('../accounts', '.'))).to.deep.equal([])
  })
})

import { ADDRESS_BOOKS, LANGUAGES, NAMES_WITH_ADDRESSES } from './address-books.ts'
import { testSamples } from './import-samples.ts'
import { CUT_NUMBERS, LINE_BREAKS, SEPARATORS, TEXT_FORMULAS, WORKBOOKS } from './spreadsheets.ts'
import { LEVER_TEMPLATE, OWN_COLUMNS } from './tools.ts'

describe('real-world files: columns and cells', () => {
  testSamples({
    'columns of other tools': OWN_COLUMNS,
    'Lever’s import template': LEVER_TEMPLATE,
    'address books': ADDRESS_BOOKS,
    'names with addresses': NAMES_WITH_ADDRESSES,
    'headers in other languages': LANGUAGES,
    'texts as ="…"': TEXT_FORMULAS,
    'numbers that a spreadsheet cut': CUT_NUMBERS,
    'line breaks in a header': LINE_BREAKS,
    'separators and encodings': SEPARATORS,
    workbooks: WORKBOOKS,
  })
})

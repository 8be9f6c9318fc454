/** Configuration of `npm test`: `.mocharc.json` with the files in another order. */
const { readdirSync } = require('node:fs')
const { sep } = require('node:path')

/**
 * Every test file except those of `test/long`, with the files of each folder spread over the whole run. Files of one folder are alike:
 * those of `process` wait for processes, and those of `web` keep a core busy. In alphabetical order, the files that wait would run at the
 * same time, and leave the cores idle.
 */
function spreadFiles() {
  const folders = new Map()
  for (const path of readdirSync('test', { recursive: true }).toSorted()) {
    const [folder] = path.split(sep)
    if (folder === 'long' || !/\.test\.tsx?$/.test(path)) continue
    folders.set(folder, [...(folders.get(folder) ?? []), path])
  }
  const placed = [...folders.values()].flatMap((paths) => paths.map((path, at) => ({ path, place: at / paths.length })))
  return placed.toSorted((a, b) => a.place - b.place).map(({ path }) => `test/${path.replaceAll(sep, '/')}`)
}

module.exports = { ...require('./.mocharc.json'), spec: spreadFiles(), ignore: [] }

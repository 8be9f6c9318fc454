/** Configuration of `npm run test:long`: runs the tests of test/long, which only a release needs. */
module.exports = { ...require('./.mocharc.json'), spec: ['test/long/**/*.test.ts'], ignore: [] }

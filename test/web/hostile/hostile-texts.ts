/** Bodies, names and queries that a client may send by mistake or on purpose. */

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values)
const nested = (open: string, close: string, depth: number): string => `${open.repeat(depth)}${close.repeat(depth)}`

/** Bodies that are not JSON in UTF-8, or nested too deeply. */
export const NOT_JSON: Readonly<Record<string, string | Uint8Array>> = {
  'an unfinished object': '{"name":',
  'one bracket': '{',
  'white space': ' \n ',
  'two documents': '{}{}',
  'a comma too many': '{"name":"a",}',
  'single quotes': "{'name':'a'}",
  'a comment': '/* a */{}',
  'a word': 'undefined',
  'no number': '{"name":NaN}',
  'a line break in a text': '{"name":"a\nb"}',
  'a zero byte': bytes(0),
  'lists 200 deep': nested('[', ']', 200),
  'objects 200 deep': nested('{"name":', '}', 200).replace(':}', ':1}'),
  'a hundred thousand brackets': '['.repeat(100_000),
  'invalid UTF-8': bytes(0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xff, 0x22, 0x7d),
  'an overlong character': bytes(0x7b, 0x22, 0xc0, 0xaf, 0x22, 0x3a, 0x31, 0x7d),
  'half a surrogate pair in UTF-8': bytes(0x7b, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x3a, 0x31, 0x7d),
  'UTF-16, little end first': Buffer.from('\uFEFF{"name":"a"}', 'utf16le'),
  'UTF-16, big end first': Buffer.from('\uFEFF{"name":"a"}', 'utf16le').swap16(),
  'UTF-16 without a mark': Buffer.from('{"name":"a"}', 'utf16le'),
  'a compressed body that does not say so': bytes(0x1f, 0x8b, 0x08, 0, 0, 0, 0, 0),
}

/** Content types other than JSON in UTF-8. */
export const NOT_JSON_TYPES: readonly string[] = [
  'text/plain',
  'text/json',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'multipart/form-data',
  'application/xml',
  'application/octet-stream',
  'application/json; charset=utf-16',
  'application/json; charset=latin1',
  'application/jsonp',
  'json',
  ';;;',
]

/** Names as they appear in a path; none of them exists. */
export const NAMES_OF_NOTHING: readonly string[] = [
  '%00', 'a%00b', '%2e%2e%2fetc%2fpasswd', '..%2f..', '%FF', '%E0%A4%A', '%', '%0d%0aX-Evil:%201', '%24ne', '[$ne]', '%7B%22$ne%22:null%7D',
  '__proto__', 'constructor', 'prototype', 'hasOwnProperty', 'toString', 'null', 'undefined', 'NaN', '0', '-1', '1e3', 'true', "'%20or%201=1", '%3Cscript%3E',
  '0'.repeat(24), 'F'.repeat(24), 'g'.repeat(24), `${'a'.repeat(24)}%20`, '%F0%9F%92%A9', '%EF%BF%BD', '%C2%A0', 'a'.repeat(5000), 'any%00', ';', '*', '.*', 'a%2Fb', '%5C',
] // prettier-ignore

/** Queries that no operation accepts, and the path under which a problem names each. */
export const UNKNOWN_PARAMETERS: Readonly<Record<string, string>> = {
  'unknownParameter=1': 'query.unknownParameter',
  'a[$gt]=1': 'query.a[$gt]',
  'a[b][c]=1': 'query.a[b][c]',
  'limit[$gt]=1': 'query.limit[$gt]',
  '$where=1': 'query.$where',
  '__proto__=1': 'query.__proto__',
  '__proto__[polluted]=1': 'query.__proto__[polluted]',
  'constructor=1': 'query.constructor',
  'constructor.prototype.polluted=1': 'query.constructor.prototype.polluted',
  'hasOwnProperty=1': 'query.hasOwnProperty',
  'organization=1': 'query.organization',
  'a%00=1': 'query.a\u0000',
  '%FF=1': 'query.\uFFFD',
}

/** Values that may be valid or not for a parameter, but break nothing. */
export const QUERY_VALUES: readonly string[] = [
  '', '%20', '%00', 'a%00b', '%FF', '%ED%A0%80', '%F0%9F%92%A9', '.*', '(', '[', '%5C', '(a%2B)%2B$', '$ne', '%7B%22$ne%22:null%7D', '-1', '1.5', '1e2', '0x10', 'NaN', 'null',
  'undefined', 'true', 'TRUE', '1', '0', '__proto__', 'a'.repeat(150), 'a'.repeat(12_000), 'a%20'.repeat(90), '%E2%80%AE', '2026-02-30', '9'.repeat(60),
] // prettier-ignore

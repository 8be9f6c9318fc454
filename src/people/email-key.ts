import { domainToASCII } from 'node:url'
import { isSharedAddress } from './shared-addresses.ts'

/** Longer texts are not addresses, and are compared unchanged. */
const LONGEST = 1000

/**
 * Returns the form in which addresses are compared: without invisible characters, display name (`"Ana López"
 * <ana@a.example>`), `mailto:` and its query, and final dots; ASCII letters in lower case, the domain in ASCII
 * (`müller.example` is `xn--mller-kva.example`). Nothing else is normalized: addresses that differ in any other way
 * may belong to two people.
 */
export function addressKey(email: string): string {
  const address = withoutWrapping(email.slice(0, LONGEST).replace(/\p{Cf}/gu, '').trim()) // prettier-ignore
  const at = address.lastIndexOf('@')
  if (at < 1) return lowerAscii(address)
  return `${lowerAscii(address.slice(0, at))}@${domainKey(address.slice(at + 1))}`
}

/**
 * Returns the same form, or null if the text is not an address or several people may share it: then it identifies
 * nobody.
 */
export function emailKey(email: string): string | null {
  const address = addressKey(email)
  return /^[^\s@]+@[^\s@]+$/.test(address) && !isSharedAddress(address) ? address : null
}

function withoutWrapping(text: string): string {
  const opens = text.lastIndexOf('<')
  const closes = text.indexOf('>', opens)
  const address = opens === -1 || closes === -1 ? text : text.slice(opens + 1, closes).trim()
  return /^mailto:/i.test(address) ? (address.slice('mailto:'.length).split('?', 1)[0] ?? '').trim() : address
}

function domainKey(domain: string): string {
  let end = domain.length
  while (domain[end - 1] === '.') end -= 1
  const named = lowerAscii(domain.slice(0, end))
  return /[^\x21-\x7e]/.test(named) ? domainToASCII(named) || named : named
}

function lowerAscii(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
}

import { RESUME_TYPES, type ResumeExtension } from './resume-type.ts'

const LONGEST_NAME = 200
/**
 * Control characters, unpaired surrogates, and marks that reverse the text direction and so make `fdp.exe` look like
 * `exe.pdf`.
 */
const UNSHOWABLE = /[\p{Cc}\p{Cs}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu
const EXTENSION = /\.([a-z0-9]{1,8})$/i
const SYNONYMS: Record<string, ResumeExtension> = { text: 'txt' }

/**
 * Returns the name under which a résumé is stored and sent: without folders, on one line, at most 200 characters,
 * with the extension of its content (a DOCX named `cv.doc` becomes `cv.docx`). `given` is the sender's name for it.
 */
export function resumeFilename(given: string | null, type: ResumeExtension): string {
  const name = baseName(given ?? '')
  const extension = extensionOf(name)
  const fits = extension !== null && known(extension) === type
  const stem = extension !== null && known(extension) ? name.slice(0, -extension.length - 1) : name
  const suffix = fits ? `.${extension}` : `.${type}`
  const shortened = Array.from(stem).slice(0, LONGEST_NAME - suffix.length).join('').trim() // prettier-ignore
  return `${shortened || 'resume'}${suffix}`
}

/** Returns the type that a file name claims: null if it has no extension, `other` if the extension is not a résumé's. */
export function claimedType(given: string | null): ResumeExtension | 'other' | null {
  const extension = extensionOf(baseName(given ?? ''))
  return extension === null ? null : (known(extension) ?? 'other')
}

function baseName(given: string): string {
  const last = given.split(/[/\\]/).at(-1) ?? ''
  return last.normalize('NFC').replace(UNSHOWABLE, '').replace(/\s+/g, ' ').trim().replace(/^\.+/, '').trim() // prettier-ignore
}

function extensionOf(name: string): string | null {
  return EXTENSION.exec(name)?.[1] ?? null
}

function known(extension: string): ResumeExtension | null {
  const lower = extension.toLowerCase()
  return Object.keys(RESUME_TYPES).includes(lower) ? (lower as ResumeExtension) : (SYNONYMS[lower] ?? null)
}

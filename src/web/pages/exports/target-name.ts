import type { TargetView } from '../../../export/export-view.ts'

/** Where an export goes, in a word. */
export function targetName(target: TargetView, words: { general: string; confidential: string }): string {
  return target.kind === 'general' ? words.general : (target.title ?? target.postingId ?? words.confidential)
}

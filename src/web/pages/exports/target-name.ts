import type { TargetView } from '../../../export/export-view.ts'

/** Returns the name of an export's target. */
export function targetName(target: TargetView, words: { general: string; confidential: string }): string {
  return target.kind === 'general' ? words.general : (target.title ?? target.postingId ?? words.confidential)
}

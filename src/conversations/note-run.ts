import type { ConversationDeps, NoteTerms } from './conversation-deps.ts'
import type { NoteState } from './conversation-steps.ts'

export interface NoteRun extends NoteState {
  terms: NoteTerms
  deps: ConversationDeps
}

export interface Part {
  /** From 0. */
  part: number
  text: string
  /** How many messages are in it. */
  messages: number
}

/** `rests`: the conversation was released, and this part is not known to be written. */
export type PartOutcome = 'written' | 'rests'

import { isServiceError } from '../../../errors.ts'
import { keepNotice } from '../../shell/flash.ts'
import { seeOther } from '../../shell/see-other.ts'
import type { SiteContext } from '../../shell/site-state.ts'
import { problemWords } from './problem-words.ts'

/** What a button leads to: the page that follows, and what it says when all went well. */
export interface Outcome {
  goTo: string
  done: string
}

/** Does what a button asks for, then goes to a page that says what came of it: done, or why not and what to do. */
export async function actAndSay(ctx: SiteContext, act: () => Promise<unknown>, { goTo, done }: Outcome): Promise<void> {
  try {
    await act()
    keepNotice(ctx, { look: 'ok', text: done })
  } catch (error) {
    if (!isServiceError(error)) throw error
    keepNotice(ctx, { look: 'bad', text: problemWords(ctx.state.language, error) })
  }
  seeOther(ctx, goTo)
}

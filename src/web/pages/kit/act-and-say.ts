import { isServiceError } from '../../../errors.ts'
import { keepNotice } from '../../shell/flash.ts'
import { seeOther } from '../../shell/see-other.ts'
import type { SiteContext } from '../../shell/site-state.ts'
import { problemWords } from './problem-words.ts'

/** The page that follows a button, and its message on success. */
export interface Outcome {
  goTo: string
  done: string
}

/** Runs a button's action, then redirects to a page that reports success, or the failure and what to do. */
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

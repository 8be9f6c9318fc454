import { describeConversationsUnderKills } from '../conversations/kills.ts'

describeConversationsUnderKills(['before-cut', 'before-parts', 'before-intent', 'after-intent', 'sending', 'before-kept', 'none-either', 'before-givenBack', 'after-givenBack', 'none']) // prettier-ignore

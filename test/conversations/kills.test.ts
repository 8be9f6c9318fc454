import { describeConversationsUnderKills } from './kills.ts'

describeConversationsUnderKills(['before-intent', 'after-intent', 'sending', 'before-kept', 'none'])

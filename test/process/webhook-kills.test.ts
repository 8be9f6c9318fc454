import { describeWebhooksUnderKills } from './webhook-kills.ts'

describeWebhooksUnderKills({ kills: 1, burst: 800 })

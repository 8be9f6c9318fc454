import { describeWebhooksUnderKills } from '../process/webhook-kills.ts'

describeWebhooksUnderKills({ kills: 5, burst: 5000 })

import { describeTokenStorm } from '../connection/token-storm.ts'

describeTokenStorm(8)

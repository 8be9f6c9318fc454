import { describeTokenStorm } from './token-storm.ts'

describeTokenStorm(4)

import { describeAccessibility } from './accessibility.ts'

describeAccessibility('main')

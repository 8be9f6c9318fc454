import { describeAccessibility } from '../browser/accessibility.ts'

describeAccessibility('all')

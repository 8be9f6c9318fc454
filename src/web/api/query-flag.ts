import { z } from 'zod'

/** A query parameter that is `true` or `false`. */
export const queryFlag = z
  .enum(['true', 'false'])
  .transform((value) => value === 'true')
  .meta({ override: asBoolean })

/** JSON Schema knows the value, not how a query spells it. */
function asBoolean({ jsonSchema }: { jsonSchema: Record<string, unknown> }): void {
  jsonSchema['type'] = 'boolean'
  delete jsonSchema['enum']
}

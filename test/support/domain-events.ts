import type { DomainEvents, Publish } from '../../src/events/domain-events.ts'

/** A `publish` without listeners. */
export const toNobody: Publish = async () => 0

/** A `publish` whose listeners are those given. */
export function publishTo(listeners: { [Name in keyof DomainEvents]?: (event: DomainEvents[Name]) => Promise<number | void> }): Publish {
  return async (name, event) => (await listeners[name]?.(event)) ?? 0
}

/** What the outbox tells after a commit. */
export interface OutboxEvents {
  /** Entries were added: the worker need not wait for its next look. */
  'outbox.added': { topic: string };
}

declare module '../../common/events/domain-events.js' {
  interface DomainEventMap extends OutboxEvents {}
}

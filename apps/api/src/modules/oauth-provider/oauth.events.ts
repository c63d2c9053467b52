/** What this module tells after a commit. Heard by its own caches, so that a change holds at once. */
export interface OAuthEvents {
  /** A client was made, changed or deleted, or its secrets were. */
  'oauth.client-changed': {
    /** The client's `id`. */
    id: string;
  };
  'oauth.role-names-changed': { version: number };
}

declare module '../../common/events/domain-events.js' {
  interface DomainEventMap extends OAuthEvents {}
}

/**
 * What a handler throws when the system that it writes to cannot be used by anybody: nothing is wrong with the entry. While that lasts the
 * topic rests, its entries lose no attempt, and all of them come due as soon as the system answers again.
 */
export class OutboxUnavailable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'OutboxUnavailable';
  }
}

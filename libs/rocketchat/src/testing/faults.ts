/** What can go wrong on order. `route` is a part of the path; without it every request is meant. */
export interface FaultTypes {
  /** Every answer comes `ms` later. */
  latency: { ms: number; route?: string };
  /** The headers come at once, the body after `ms`. */
  'slow-body': { ms: number; route?: string };
  /** The request is taken and never answered. */
  hang: { route?: string };
  /** Answered with this status (500 by default) as the program does when it fails. */
  'server-error': { status?: number; route?: string };
  /** A page of a proxy in front: HTML where JSON is expected. 502 by default. */
  'proxy-page': { status?: number; route?: string };
  /** The connection is cut without an answer. */
  'connection-reset': { route?: string };
  /** The request is carried out, but the connection is cut before the answer. */
  'answer-lost': { route?: string };
  /** Every connection is cut; the sockets too. See also `stop()` and `start()` of the double. */
  outage: object;
  /** Refused as one too many, callers that bypass the limiter included. `seconds` to wait: 30 by default. */
  'rate-limit': { route?: string; seconds?: number };
  /** Every session is taken for expired. */
  'token-expired': object;
  /**
   * The second factor is asked for also within the grace; with a `route`, also where it is not asked for otherwise (some
   * builds guard `users.create`).
   */
  'two-factor-required': { route?: string };
  /** Personal access tokens that skip the second factor do not (8.5 until June 2026, #38017). */
  'pat-bypass-broken': object;
  /** No code is right. */
  'two-factor-invalid': object;
  /** Nobody holds this permission. */
  'missing-permission': { permission: string };
  /** `users.createToken`: the server's environment has another secret. */
  'wrong-token-secret': object;
  /** The server sends another client secret to the OAuth provider than its settings say. */
  'wrong-client-secret': object;
  /** The service is not registered although its settings are there. */
  'oauth-provider-gone': object;
  'setting-read-only': { id: string };
  'setting-unknown': { id: string };
  /** Writing this one is answered with success and does nothing. */
  'setting-ignored': { id: string };
  /** After a change of version the wizard wants to be gone through again. */
  'wizard-reset': object;
  /** Sent in place of what the settings say; `''` sends none. */
  'x-frame-options': { value: string };
  /** As a proxy in front would add it. */
  'content-security-policy': { value: string };
  /** `Date`, by which clients notice it, is wrong by `ms`. */
  'clock-skew': { ms: number };
  /** `/api/info` tells another version. */
  version: { version: string };
  /** `/readyz` says 503. */
  unready: object;
  /** The upgrade to a WebSocket is refused, as by a proxy that was not told about it. */
  'websocket-refused': object;
  /** Sockets are open, and no stream says anything. */
  'streams-silent': object;
  /** Outgoing webhooks are not sent. */
  'webhooks-lost': object;
  /** The page tells its parent nothing. */
  'frame-silent': object;
  /** The page never says that a room is open. */
  'room-never-opens': object;
  /** The page's storage throws, as with third-party storage blocked. */
  'storage-blocked': object;
}
export type FaultName = keyof FaultTypes;

/** An ordered fault. */
export type Fault<N extends FaultName = FaultName> = {
  [K in N]: { name: K; times?: number } & FaultTypes[K];
}[N];

/** The list of what is wrong at the moment. */
export class Faults {
  private readonly list: Fault[] = [];
  private readonly listeners: (() => void)[] = [];

  /**
   * Lets something go wrong from now on.
   *
   * @param fault with `times`, it is over after as many requests were hit
   * @returns ends it
   */
  order<N extends FaultName>(fault: { name: N; times?: number } & FaultTypes[N]): () => void {
    const ordered = { ...fault } as unknown as Fault;
    this.list.push(ordered);
    this.changed();
    return () => this.drop(ordered);
  }

  /** Ends every fault of this name. */
  remove(name: FaultName): void {
    for (const fault of this.list.filter((one) => one.name === name)) this.drop(fault);
  }

  clear(): void {
    this.list.length = 0;
    this.changed();
  }

  /** Names of what is wrong now. */
  get active(): FaultName[] {
    return this.list.map(({ name }) => name);
  }

  /** The first fault of this name that concerns the path; it is not used up by looking. */
  find<N extends FaultName>(name: N, path = ''): Fault<N> | undefined {
    return this.all(name).find((fault) => !('route' in fault) || !fault.route || path.includes(fault.route));
  }

  all<N extends FaultName>(name: N): Fault<N>[] {
    return this.list.filter((fault) => fault.name === name) as unknown as Fault<N>[];
  }

  /** As `find`, and counts: one with `times` is over when they are used up. */
  hit<N extends FaultName>(name: N, path = ''): Fault<N> | undefined {
    const fault = this.find(name, path);
    if (fault?.times !== undefined) {
      fault.times -= 1;
      if (fault.times <= 0) this.drop(fault as Fault);
    }
    return fault;
  }

  /** Called after every change. */
  onChange(listener: () => void): void {
    this.listeners.push(listener);
  }

  private drop(fault: Fault): void {
    const index = this.list.indexOf(fault);
    if (index < 0) return;
    this.list.splice(index, 1);
    this.changed();
  }

  private changed(): void {
    for (const listener of this.listeners) listener();
  }
}

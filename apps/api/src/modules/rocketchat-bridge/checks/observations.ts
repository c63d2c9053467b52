import type { RocketChatAccountState } from '@besedka/contracts';
import type { ServerProfile, SettingValue } from '@besedka/rocketchat';
import type { RocketChatMode } from '../../../config/rocketchat.config.js';
import type { DesiredState } from '../desired-state.js';

/** What an address answered that shall be Rocket.Chat's. */
export type Reached =
  | { readonly kind: 'rocketchat'; readonly profile: ServerProfile; readonly skewMs: number | null }
  /** No connection, no answer in time, or a proxy that says so. */
  | { readonly kind: 'unreachable'; readonly reason: string }
  | { readonly kind: 'something-else'; readonly status: number }
  /** It is there and cannot work. */
  | { readonly kind: 'failing'; readonly status: number };

/** What the admin account met. */
export type AdminState =
  | { readonly kind: 'works'; readonly missing: readonly string[] }
  | { readonly kind: 'refused' }
  | { readonly kind: 'second-factor' }
  | { readonly kind: 'forbidden'; readonly what: string };

/** Our own registration of Rocket.Chat and what it sends us. */
export interface ClientState {
  readonly isRegistered: boolean;
  /** What the registration does not allow: member names. */
  readonly problems: readonly string[];
  /** Rocket.Chat names the registered application. */
  readonly idFits: boolean;
  readonly secretFits: boolean;
}

/** What was seen of the server that everybody uses. Null or missing: could not be seen, which is no finding by itself. */
export interface Observations {
  readonly portalUrl: string;
  /** Null: there is no Rocket.Chat. */
  readonly chatUrl: string | null;
  readonly apiUrl: string | null;
  readonly hasAdmin: boolean;
  readonly reached: Reached | null;
  /** The address that browsers use, where it is another one; only what is certain counts. */
  readonly publicReached: Reached | null;
  readonly isReady: boolean | null;
  readonly mode: RocketChatMode | null;
  readonly desired: DesiredState | null;
  readonly admin: AdminState | null;
  /** Headers of the page that is framed. */
  readonly page: Headers | null;
  /** Setting id → value; what the server does not know is missing. */
  readonly settings: ReadonlyMap<string, SettingValue> | null;
  /** Strangers are offered our provider. */
  readonly isOffered: boolean | null;
  readonly client: ClientState | null;
  /** Whether the token secret is there and fits. */
  readonly tokenSecret: 'fits' | 'missing' | 'wrong' | null;
  /** Keys of channels without a room. */
  readonly missingChannels: readonly string[] | null;
}

/** What was seen of one person's account there. */
export interface OwnAccount {
  readonly state: RocketChatAccountState;
  /** Null: could not be seen. */
  readonly isActive: boolean | null;
  /** Channels of the person in whose room they are not. */
  readonly missingChannels: readonly string[];
}

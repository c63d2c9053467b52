import type { RocketChatAccountState, RocketChatSyncError } from '@besedka/contracts';

/** A person of ours and their account in Rocket.Chat, as other parts of the bridge see it. */
export interface Link {
  readonly userId: string;
  /** Null: there is no account of theirs yet. */
  readonly rocketChatId: string | null;
  /** Their user name there, which may differ from ours; null: there is no account yet. */
  readonly username: string | null;
  readonly state: RocketChatAccountState;
}

/** What Rocket.Chat does not tell and so cannot be compared. */
export interface LinkWritten {
  /** Version of the picture that was last handed over, or refused; 0 or missing: none. */
  readonly avatar?: number;
  /** Their address belongs to a foreign account there, so theirs is another. */
  readonly otherEmail?: boolean;
}

/** Name and address of an account that is being made. */
export interface LinkIntent {
  readonly username: string;
  readonly email: string;
}

/** The foreign account that has the name or the address of a person of ours. */
export interface LinkConflict {
  readonly field: 'username' | 'email';
  readonly rocketChatId: string;
  readonly username: string;
  readonly name: string | null;
  readonly active: boolean;
  readonly roles: readonly string[];
  /** Admins and bots are never handed to anybody. */
  readonly linkable: boolean;
}

/** What an admin decided; it holds for the user name that it was made for. */
export type LinkChoice =
  /** The foreign account is this person's own. */
  | { readonly kind: 'link'; readonly for: string; readonly rocketChatId: string }
  /** They get an account under another name; null until one was found. */
  | { readonly kind: 'rename'; readonly for: string; readonly username: string | null }
  /** They stay without an account. */
  | { readonly kind: 'refuse'; readonly for: string };

/** Why a try failed, or what was left out, without anybody's data. */
export interface LinkError {
  readonly code: RocketChatSyncError;
  /** For a person who looks into it: route, status, code. */
  readonly text: string;
}

/** Everything that is kept of a link. */
export interface LinkRecord extends Link {
  readonly written: LinkWritten;
  readonly creating: LinkIntent | null;
  readonly conflict: LinkConflict | null;
  readonly choice: LinkChoice | null;
  readonly lastError: LinkError | null;
}

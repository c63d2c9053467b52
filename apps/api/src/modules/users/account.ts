import type { Locale, UserStatus } from '@besedka/contracts';

/** An account as sign-in needs it. The hash never leaves the server's memory. */
export interface Account {
  readonly id: string;
  readonly username: string;
  readonly email: string | null;
  readonly fullName: string;
  readonly locale: Locale;
  readonly status: UserStatus;
  readonly passwordHash: string | null;
}

/** The releases that the double can be. */
export type ProfileName = '7.x' | '8.9' | '9.0';

/** In what a release differs from the others; everything else is the same in all of them. */
export interface Profile {
  name: ProfileName;
  /** As `/api/info` tells it to an admin; anonymous callers see major and minor only. */
  version: string;
  /** A database change made behind the server's back is noticed at once (removed in 8.0). */
  watchesDatabase: boolean;
  /** `POST /api/v1/settings` for several settings (8.x). */
  bulkSettings: boolean;
  /** `/livez` and `/readyz` (7.11), and `/health` as JSON. */
  probes: boolean;
  /** `users.createToken` asks for the secret of the server's environment (8.0). */
  tokenSecret: boolean;
  /** A custom OAuth provider needs a licence (9.0). */
  customOAuthIsPremium: boolean;
  /** The flow in the browser, without PKCE; gone in 9.0. */
  legacyFlow: boolean;
  /** `Accounts_OAuth_Use_Modern_Flow` (8.7). */
  modernFlow: boolean;
  /** `roles.*` takes the name of a role beside its id (removed in 8.0). */
  roleNames: boolean;
  /** A successful login says `success: true` beside `status` (8.x). */
  loginSaysSuccess: boolean;
  /** 403 carries `errorType: "error-forbidden"`, a refused login says only "unauthorized" (9.0). */
  terseErrors: boolean;
  /** The grace of new accounts holds for the strict endpoints too (8.x), and only without an own second factor. */
  graceIsForStrict: boolean;
}

const eight: Profile = {
  name: '8.9',
  version: '8.9.1',
  watchesDatabase: false,
  bulkSettings: true,
  probes: true,
  tokenSecret: true,
  customOAuthIsPremium: false,
  legacyFlow: true,
  modernFlow: true,
  roleNames: false,
  loginSaysSuccess: true,
  terseErrors: false,
  graceIsForStrict: true,
};

/** What is known of each release, from release notes, published packages and source; no server was run to find it. */
export const PROFILES: Readonly<Record<ProfileName, Profile>> = {
  '7.x': {
    ...eight,
    name: '7.x',
    version: '7.10.9',
    watchesDatabase: true,
    bulkSettings: false,
    probes: false,
    tokenSecret: false,
    modernFlow: false,
    roleNames: true,
    loginSaysSuccess: false,
    graceIsForStrict: false,
  },
  '8.9': eight,
  '9.0': {
    ...eight,
    name: '9.0',
    version: '9.0.0',
    customOAuthIsPremium: true,
    legacyFlow: false,
    terseErrors: true,
  },
};

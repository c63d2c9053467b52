/** A Rocket.Chat version; `/api/info` tells strangers no patch level. */
export interface ServerVersion {
  /** As the server told it: `8.9`, `8.9.1`, `9.0.0-rc.1`. */
  readonly text: string;
  readonly major: number;
  readonly minor: number;
  readonly patch: number | undefined;
}

/** How the portal signs people in. */
export type SignInMode = 'oauth' | 'iframe-token';

/** What a server of a version does and does not. Sources: release notes and server source; see docs/rocketchat-client.md. */
export interface ServerProfile {
  readonly version: ServerVersion;
  /** `unknown`: older or newer than anything this client was made for. */
  readonly name: '7.x' | '8.x' | '9.x' | 'unknown';
  /** Versions that must not be used, with the reason in plain words; otherwise empty. */
  readonly problems: readonly string[];
  /** Custom OAuth needs a licence with the module `oauth-enterprise` (9.0, #42477). */
  readonly customOAuthNeedsLicence: boolean;
  /** The switch `Accounts_OAuth_Use_Modern_Flow` exists (8.7 until 8.9). */
  readonly modernFlowSwitch: boolean;
  /** The modes that work without a licence, the preferred one first. */
  readonly signInModes: readonly SignInMode[];
  /** `users.createToken` with a secret of the server's environment (8.0). */
  readonly createTokenBySecret: boolean;
  /** `POST settings` takes several settings. Declared in the typings of 8.x; where it is missing the client writes one by one. */
  readonly bulkSettings: boolean;
  /** `/livez` and `/readyz` (7.11); before, `/health` alone. */
  readonly probes: boolean;
  /** A personal token with `bypassTwoFactor` may be asked for a second factor all the same (#38017, 8.5 until some 8.6 or 8.7). */
  readonly personalTokenMayNeedPassword: boolean;
}

/** @returns undefined when the text is no version */
export function parseVersion(text: string): ServerVersion | undefined {
  const parts = /^v?(\d+)\.(\d+)(?:\.(\d+))?/.exec(text.trim());
  if (!parts) return undefined;
  const patch = parts[3] === undefined ? undefined : Number(parts[3]);
  return { text: text.trim(), major: Number(parts[1]), minor: Number(parts[2]), patch };
}

/** What this version does. */
export function profileOf(version: ServerVersion): ServerProfile {
  const { major } = version;
  const since = (wantedMajor: number, minor: number) =>
    major > wantedMajor || (major === wantedMajor && version.minor >= minor);
  const customOAuthNeedsLicence = since(9, 0);
  const name = ({ 7: '7.x', 8: '8.x', 9: '9.x' } as const)[major] ?? 'unknown';
  return {
    version,
    name,
    problems: problemsOf(version, name),
    customOAuthNeedsLicence,
    modernFlowSwitch: since(8, 7) && !since(9, 0),
    signInModes: customOAuthNeedsLicence ? ['iframe-token'] : since(8, 0) ? ['oauth', 'iframe-token'] : ['oauth'],
    createTokenBySecret: since(8, 0),
    bulkSettings: since(8, 0),
    probes: since(7, 11),
    personalTokenMayNeedPassword: since(8, 5) && !since(8, 8),
  };
}

function problemsOf({ major, minor, patch }: ServerVersion, name: ServerProfile['name']): string[] {
  const problems: string[] = [];
  if (name === 'unknown') problems.push('This version was never looked at: 7.x to 9.x are known.');
  // Without a patch level 8.2 may be one of the repaired ones.
  if (major === 8 && minor === 2 && (patch ?? 0) === 0) {
    problems.push('8.2.0 refuses OAuth providers with internal addresses (#39328): take 8.2.1 or later, better 8.9.');
  }
  if (major === 7 && minor === 8)
    problems.push('7.8 breaks the sign-in by token inside a frame (#36820): take 7.9.4 or later.');
  return problems;
}

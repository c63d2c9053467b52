/** What the callback page of the legacy OAuth flow leaves for the window that began it. */
export interface OAuthCredential {
  readonly credentialToken: string;
  readonly credentialSecret: string;
}

/** Where the page keeps its data: Meteor's own (`id="config"`; general knowledge, contract 14.7), and the one of the double. */
const PLACES = [/<div id="config"[^>]*>([^<]*)<\/div>/, /<script[^>]*id="result"[^>]*>([^<]*)<\/script>/];

/**
 * Reads the page at the end of the legacy flow as its own script does.
 *
 * @returns null when there is no credential: Rocket.Chat was refused by the provider, or does not believe it
 */
export function readOAuthEnd(html: string): OAuthCredential | null {
  for (const place of PLACES) {
    const found = place.exec(html)?.[1];
    if (found === undefined) continue;
    const { credentialToken, token, credentialSecret, secret } = parsed(found);
    const credential = { credentialToken: credentialToken ?? token, credentialSecret: credentialSecret ?? secret };
    if (isText(credential.credentialToken) && isText(credential.credentialSecret)) return credential as OAuthCredential;
  }
  return null;
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  const plain = text.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
  try {
    const value: unknown = JSON.parse(plain);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { compactVerify, type CryptoKey, SignJWT } from 'jose';
import { z } from 'zod';
import { AppConfig } from '../../config/app-config.js';
import { SigningKeysService } from './signing-keys.service.js';

/** Longest hint that is looked at; ours are a small part of it. */
const HINT_MAX = 8_000;

const hintClaims = z.object({ iss: z.string(), sub: z.string(), aud: z.string(), sid: z.string() });

/** What an id token of ours says about a sign-in. */
export interface IdTokenHint {
  /** The protocol's `client_id` of the application that it was made for. */
  readonly clientId: string;
  readonly userId: string;
  readonly sessionId: string;
}

export interface IdTokenSubject {
  readonly client: { readonly clientId: string };
  readonly userId: string;
  readonly sessionId: string;
  /** When the person last proved who they are. */
  readonly authTime: Date;
  /** As the application sent it; null when it sent none. */
  readonly nonce: string | null;
  /** The access token that is handed out with it. */
  readonly accessToken: string;
  /** Identity claims that the scopes open; they never replace those of the protocol. */
  readonly claims: Readonly<Record<string, unknown>>;
}

/** Id tokens (OpenID Connect Core 2). */
@Injectable()
export class IdTokensService {
  private readonly issuer: string;
  private readonly seconds: number;

  constructor(
    private readonly keys: SigningKeysService,
    config: AppConfig,
  ) {
    this.issuer = config.http.publicUrl;
    this.seconds = config.oauth.idTokenSeconds;
  }

  /** A signed id token in compact form, valid for OAUTH_ID_TOKEN_SECONDS. */
  async sign(subject: IdTokenSubject): Promise<string> {
    const { kid, alg, privateKey } = await this.keys.signer();
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      ...subject.claims,
      iss: this.issuer,
      sub: subject.userId,
      aud: subject.client.clientId,
      iat: now,
      exp: now + this.seconds,
      auth_time: Math.floor(subject.authTime.getTime() / 1000),
      sid: subject.sessionId,
      at_hash: leftHalfOfHash(subject.accessToken),
      ...(subject.nonce !== null && { nonce: subject.nonce }),
    };
    return new SignJWT(claims).setProtectedHeader({ alg, kid, typ: 'JWT' }).sign(privateKey);
  }

  /**
   * Reads an id token that comes back as a hint (OpenID Connect RP-Initiated Logout 1.0, 2). It may have expired and its key may have
   * been retired; it must be signed by us. @returns null for anything else
   */
  async verifyHint(token: string): Promise<IdTokenHint | null> {
    if (token.length > HINT_MAX) return null;
    try {
      const keyOf = async ({ kid }: { kid?: string }): Promise<CryptoKey> => {
        const key = kid === undefined ? null : await this.keys.publicKey(kid);
        if (key === null) throw new UnknownKey();
        return key;
      };
      const { payload } = await compactVerify(token, keyOf, { algorithms: ['RS256'] });
      const parsed = hintClaims.safeParse(JSON.parse(new TextDecoder().decode(payload)));
      if (!parsed.success || parsed.data.iss !== this.issuer) return null;
      return { clientId: parsed.data.aud, userId: parsed.data.sub, sessionId: parsed.data.sid };
    } catch (error) {
      if (isBadToken(error)) return null;
      throw error;
    }
  }
}

class UnknownKey extends Error {}

/** A fault of the token, in contrast to one of ours, such as a database that is away. */
function isBadToken(error: unknown): boolean {
  if (error instanceof UnknownKey || error instanceof SyntaxError) return true;
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_J');
}

/** `at_hash` for RS256 (OpenID Connect Core 3.1.3.6). */
function leftHalfOfHash(accessToken: string): string {
  return createHash('sha256').update(accessToken, 'ascii').digest().subarray(0, 16).toString('base64url');
}

import { isRocketChatError, type RocketChatClient } from '@besedka/rocketchat';

/** What a plan warns of when people shall be signed in by token and nothing makes tokens. */
export const TOKEN_SECRET_MISSING =
  'Nobody can sign in: ROCKETCHAT_TOKEN_SECRET is not set. Set it to the CREATE_TOKENS_FOR_USERS_SECRET of Rocket.Chat’s environment.';

/**
 * Whether the secret makes login tokens there. A session is made for the bridge's own account and ended at once: none pile up, and
 * nobody else is concerned. Null: could not be seen.
 * @param userId the bridge's own account
 */
export async function tokenSecretFits(
  rocket: RocketChatClient,
  userId: string,
  secret: string,
  signal: AbortSignal,
): Promise<boolean | null> {
  try {
    const tokens = await rocket.users.createToken(userId, secret, { signal });
    await rocket.as(tokens).auth.logout({ signal });
    return true;
  } catch (error) {
    return isRocketChatError(error) && error.errorType === 'error-not-authorized' ? false : null;
  }
}

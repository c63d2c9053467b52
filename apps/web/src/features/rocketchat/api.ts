import type { RocketChatChecks, RocketChatEmbed, RocketChatRooms } from '@besedka/contracts/rocketchat';
import { http } from '../../shared/api/client';

/** What the portal knows of Rocket.Chat on behalf of the signed-in person. */
export const rocketChatApi = {
  embed: (): Promise<RocketChatEmbed> => http.get('rocketchat/embed'),
  rooms: (): Promise<RocketChatRooms> => http.get('rocketchat/rooms'),
  /** The frame has told that my numbers changed; where they are asked for one member after the other, mine are asked next. */
  wake: (): Promise<void> => http.post('rocketchat/wake', {}),
  /** Diagnostics name a cause within ten seconds, so the answer may not take longer than this. */
  checks: (): Promise<RocketChatChecks> => http.get('rocketchat/checks', { timeout: 8_000 }),
};

import { BUILT_IN_CHANNELS } from '@besedka/contracts/permissions';

/**
 * Key of the text that names a built-in channel in the reader's language; null when somebody gave it another name, or it is none.
 *
 * @param channelKey of the chat
 * @param title as it is called now
 */
export function builtInTitle(channelKey: string | null, title: string | null): string | null {
  const builtIn = BUILT_IN_CHANNELS.find((channel) => channel.key === channelKey && channel.title === title);
  return builtIn ? `chats.channel.${builtIn.key}` : null;
}

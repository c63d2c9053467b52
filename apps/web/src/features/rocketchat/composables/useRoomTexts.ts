import type { RocketChatRoom } from '@besedka/contracts/rocketchat';
import { useI18n } from 'vue-i18n';
import { builtInTitle } from '../../../shared/chats/builtInTitle';

/** Words about rooms; reactive to the language. */
export function useRoomTexts() {
  const { t } = useI18n();
  return {
    /** A built-in channel is called in the reader's language, unless somebody gave it another name. */
    title(room: RocketChatRoom): string {
      const builtIn = builtInTitle(room.channelKey, room.title);
      return builtIn ? t(builtIn) : room.title;
    },
    /** What kind of conversation it is. */
    about: (room: RocketChatRoom): string => t(`rocketchat.room.${room.channelKey === null ? room.kind : 'channel'}`),
  };
}

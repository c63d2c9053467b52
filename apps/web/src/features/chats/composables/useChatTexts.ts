import type { Chat } from '@besedka/contracts/chats';
import { useI18n } from 'vue-i18n';
import { builtInTitle } from '../../../shared/chats/builtInTitle';
import { useSession } from '../../../shared/session';
import { useChats } from '../store';

/** Words about chats that more than one part of the page says; reactive to the language. */
export function useChatTexts() {
  const { t } = useI18n();
  const session = useSession();
  const store = useChats();

  /** A built-in channel is called in the reader's language, unless somebody gave it another name. */
  function title(chat: Chat): string {
    const builtIn = builtInTitle(chat.channelKey, chat.title);
    if (builtIn) return t(builtIn);
    return chat.title ?? chat.peer?.fullName ?? '';
  }

  /** The second line of a row. */
  function lastLine(chat: Chat): string {
    const last = chat.lastMessage;
    if (!last) return t('chats.item.empty');
    const text = last.body ?? t('chats.item.deleted');
    if (last.author.id === session.me?.id) return t('chats.item.you', { text });
    return chat.kind === 'direct' ? text : t('chats.item.by', { name: firstName(last.author.fullName), text });
  }

  function typing(chat: Chat): string {
    const [first, second, ...more] = store.typing(chat.id);
    if (!first) return '';
    if (chat.kind === 'direct') return t('chats.typing.one');
    if (!second) return t('chats.typing.named', { name: firstName(first.fullName) });
    if (more.length === 0)
      return t('chats.typing.two', { a: firstName(first.fullName), b: firstName(second.fullName) });
    return t('chats.typing.many', { n: more.length + 2 }, more.length + 2);
  }

  return { title, lastLine, typing };
}

const firstName = (fullName: string): string => fullName.split(' ', 1)[0] ?? fullName;

import IconCopy from '~lucide/copy';
import IconForward from '~lucide/forward';
import IconHistory from '~lucide/history';
import IconMail from '~lucide/mail';
import IconPencil from '~lucide/pencil';
import IconReply from '~lucide/reply';
import IconTrash from '~lucide/trash-2';
import type { Chat, Message } from '@besedka/contracts/chats';
import { useI18n } from 'vue-i18n';
import { confirmAction } from '../../../shared/confirm';
import { useSession } from '../../../shared/session';
import { useToasts } from '../../../shared/toasts';
import type { MenuItem } from '../../../shared/ui/AppMenu.vue';
import { useChats } from '../store';

export interface MessageCommands {
  reply: (message: Message) => void;
  edit: (message: Message) => void;
  forward: (message: Message) => void;
  revisions: (message: Message) => void;
}

/** What can be done with one message, as menu items. */
export function useMessageMenu(commands: MessageCommands) {
  const { t } = useI18n();
  const session = useSession();
  const store = useChats();
  const toasts = useToasts();

  async function copy(text: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      toasts.success(t('chats.done.copied'));
    } catch (error) {
      toasts.fail(error);
    }
  }

  async function remove(message: Message): Promise<void> {
    const question = {
      title: t('chats.confirm.messageTitle'),
      text: t('chats.confirm.messageText'),
      confirm: t('chats.confirm.message'),
    };
    if (!(await confirmAction({ ...question, danger: true }))) return;
    try {
      await store.remove(message.chatId, message.seq);
    } catch (error) {
      toasts.fail(error);
    }
  }

  function items(chat: Chat, message: Message): MenuItem[] {
    const own = message.author.id === session.me?.id;
    const body = message.body;
    const all: MenuItem[] = [];
    if (body === null) return all;
    if (chat.canPost)
      all.push({ label: t('chats.message.reply'), icon: IconReply, run: () => commands.reply(message) });
    all.push({ label: t('chats.message.forward'), icon: IconForward, run: () => commands.forward(message) });
    all.push({ label: t('chats.message.copy'), icon: IconCopy, run: () => void copy(body) });
    if (own && chat.canPost)
      all.push({ label: t('chats.message.edit'), icon: IconPencil, run: () => commands.edit(message) });
    if (message.editedAt)
      all.push({ label: t('chats.message.history'), icon: IconHistory, run: () => commands.revisions(message) });
    if (!own) {
      const run = (): void => void store.markUnread(chat, message.seq).catch((error: unknown) => toasts.fail(error));
      all.push({ label: t('chats.message.unreadFrom'), icon: IconMail, run });
    }
    if (own || (chat.kind !== 'direct' && session.can('chats:moderate'))) {
      all.push({
        label: t('chats.message.delete'),
        icon: IconTrash,
        danger: true,
        separated: true,
        run: () => void remove(message),
      });
    }
    return all;
  }

  return { items, copy };
}

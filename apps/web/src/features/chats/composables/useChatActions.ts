import IconCheck from '~lucide/check-check';
import IconMail from '~lucide/mail';
import IconLeave from '~lucide/log-out';
import IconTrash from '~lucide/trash-2';
import type { Chat } from '@besedka/contracts/chats';
import { useI18n } from 'vue-i18n';
import { useRouter } from 'vue-router';
import { confirmAction } from '../../../shared/confirm';
import { useSession } from '../../../shared/session';
import { useToasts } from '../../../shared/toasts';
import type { MenuItem } from '../../../shared/ui/AppMenu.vue';
import { chatsApi } from '../api';
import { useChats } from '../store';
import { useChatTexts } from './useChatTexts';

/** What can be done with a whole chat: from its row, its header and its details. */
export function useChatActions() {
  const { t } = useI18n();
  const session = useSession();
  const router = useRouter();
  const store = useChats();
  const toasts = useToasts();
  const texts = useChatTexts();

  const attempt = (work: Promise<unknown>): void => void work.catch((error: unknown) => toasts.fail(error));
  const mayDelete = (chat: Chat): boolean =>
    chat.kind === 'group' && (chat.role === 'owner' || session.can('chats:moderate'));

  /** It leaves the list, and the window when it was open there. */
  async function dropped(chat: Chat): Promise<void> {
    if (store.openId === chat.id) await router.replace('/chat');
    store.dropped(chat.id);
  }

  async function leave(chat: Chat): Promise<void> {
    const title = texts.title(chat);
    const last = store.memberTotals.get(chat.id) === 1;
    const text = t(last ? 'chats.confirm.leaveLastText' : 'chats.confirm.leaveText');
    if (
      !(await confirmAction({
        title: t('chats.confirm.leaveTitle', { title }),
        text,
        confirm: t('chats.confirm.leave'),
        danger: true,
      }))
    )
      return;
    await chatsApi.leave(chat.id);
    await dropped(chat);
    toasts.success(t('chats.done.left', { title }));
  }

  async function hide(chat: Chat): Promise<void> {
    const name = texts.title(chat);
    const question = {
      title: t('chats.confirm.hideTitle', { name }),
      text: t('chats.confirm.hideText'),
      confirm: t('chats.confirm.hide'),
    };
    if (!(await confirmAction({ ...question, danger: true }))) return;
    await chatsApi.remove(chat.id);
    await dropped(chat);
    toasts.success(t('chats.done.hidden', { name }));
  }

  async function deleteGroup(chat: Chat): Promise<void> {
    const title = texts.title(chat);
    const question = {
      title: t('chats.confirm.deleteTitle', { title }),
      text: t('chats.confirm.deleteText'),
      confirm: t('chats.confirm.delete'),
    };
    if (!(await confirmAction({ ...question, danger: true }))) return;
    await chatsApi.remove(chat.id);
    await dropped(chat);
    toasts.success(t('chats.done.deleted', { title }));
  }

  /** Menu items for one chat; empty when nothing can be done with it. */
  function items(chat: Chat): MenuItem[] {
    const all: MenuItem[] = [];
    const last = chat.lastMessage;
    if (chat.unread > 0) {
      all.push({ label: t('chats.action.markRead'), icon: IconCheck, run: () => attempt(store.markRead(chat)) });
    } else if (last && last.author.id !== session.me?.id && last.body !== null) {
      all.push({
        label: t('chats.action.markUnread'),
        icon: IconMail,
        run: () => attempt(store.markUnread(chat, chat.lastSeq)),
      });
    }
    if (chat.kind === 'group') {
      all.push({
        label: t('chats.action.leave'),
        icon: IconLeave,
        danger: true,
        separated: true,
        run: () => attempt(leave(chat)),
      });
    }
    if (chat.kind === 'direct') {
      all.push({
        label: t('chats.action.hide'),
        icon: IconTrash,
        danger: true,
        separated: true,
        run: () => attempt(hide(chat)),
      });
    }
    if (mayDelete(chat)) {
      all.push({
        label: t('chats.action.deleteGroup'),
        icon: IconTrash,
        danger: true,
        run: () => attempt(deleteGroup(chat)),
      });
    }
    return all;
  }

  return { items, leave, hide, deleteGroup, mayDelete, attempt };
}

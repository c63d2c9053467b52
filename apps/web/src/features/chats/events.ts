import type { UserSummary } from '@besedka/contracts/users';
import type { GoneReason, ServerToClientEvents, Snapshot } from '@besedka/contracts/realtime';
import type { RealtimeClient } from '../../shared/realtime/socket';
import type { ChatsCore } from './core';

export interface EventHooks {
  snapshot: (snapshot: Snapshot) => void;
  gone: (chatId: string, reason: GoneReason) => void;
  members: (chatId: string, added: UserSummary[], removed: string[]) => void;
  owner: (chatId: string, ownerId: string | null) => void;
}

/** One handler per event of the server. Returns the function that stops listening. */
export function listen(core: ChatsCore, realtime: Pick<RealtimeClient, 'on'>, hooks: EventHooks): () => void {
  const handlers: Partial<ServerToClientEvents> = {
    snapshot(snapshot) {
      // Another account's snapshot means the cookies changed under this page; the session store is about to notice.
      if (snapshot.userId !== core.userId) return;
      core.snapshot(snapshot);
      hooks.snapshot(snapshot);
    },
    'message:new': ({ message, order }) => core.change({ kind: 'new', message, order }),
    'message:edited': ({ message }) => core.change({ kind: 'edited', message }),
    'message:deleted': ({ message }) => core.change({ kind: 'deleted', message }),
    'chat:new': ({ chat }) => core.told(chat),
    'chat:changed'({ chatId, title, version, ownerId }) {
      core.patch(chatId, { title, version, role: ownerId === core.userId ? 'owner' : 'member' });
      hooks.owner(chatId, ownerId);
    },
    'chat:members': ({ chatId, added, removed }) => hooks.members(chatId, added, removed),
    'chat:gone'({ chatId, reason }) {
      core.forget(chatId);
      hooks.gone(chatId, reason);
    },
    unread: (read) => {
      if (!('engine' in read)) core.readState(read);
    },
    'peer:read'({ chatId, seq }) {
      const known = core.chat(chatId)?.peerReadSeq ?? 0;
      if (seq > known) core.patch(chatId, { peerReadSeq: seq });
    },
    typing({ chatId, user }) {
      if (user.id !== core.userId) core.typing.heard(chatId, user);
    },
    presence: (presence) => core.presence.heard(presence),
    'user:changed': ({ user }) => renameEverywhere(core, user),
  };
  const stops = (Object.keys(handlers) as (keyof ServerToClientEvents)[]).map((event) => {
    const handler = handlers[event];
    return handler ? realtime.on(event, handler as ServerToClientEvents[typeof event]) : () => undefined;
  });
  return () => stops.forEach((stop) => stop());
}

/** A new name or picture shows at once wherever the person is drawn. */
function renameEverywhere(core: ChatsCore, user: UserSummary): void {
  for (const { chat } of core.state.chats.values()) {
    if (chat.peer?.id === user.id) core.patch(chat.id, { peer: user });
    if (chat.lastMessage?.author.id === user.id) {
      core.patch(chat.id, { lastMessage: { ...chat.lastMessage, author: { id: user.id, fullName: user.fullName } } });
    }
  }
  for (const history of core.histories.values()) {
    for (const [seq, message] of history.messages) {
      const author = message.author.id === user.id ? user : message.author;
      const quoted = message.replyTo?.author.id === user.id;
      const forwarded = message.forwardedFrom?.id === user.id;
      if (author === message.author && !quoted && !forwarded) continue;
      const replyTo = message.replyTo && quoted ? { ...message.replyTo, author: user } : message.replyTo;
      history.messages.set(seq, {
        ...message,
        author,
        replyTo,
        forwardedFrom: forwarded ? user : message.forwardedFrom,
      });
    }
  }
  core.options.changed('history');
}

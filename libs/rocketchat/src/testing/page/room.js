import { element } from './dom.js';

/** The room types by the first part of the address. */
const TYPES = { channel: 'c', group: 'p', direct: 'd' };

/** What room an address means. */
export function roomOfPath(pathname) {
  const [, kind, name] = /^\/(channel|group|direct)\/([^/]+)$/.exec(pathname) ?? [];
  return kind ? { type: TYPES[kind], name: decodeURIComponent(name) } : undefined;
}

/**
 * One open room: messages, and either a composer or the button to join.
 *
 * @param page what the page has: the connection, storage, subscriptions
 */
export class RoomView {
  #list = element('ul', { class: 'messages', role: 'log' });

  constructor(page, room, messages) {
    this.page = page;
    this.room = room;
    for (const message of messages) this.add(message);
    this.node = element(
      'main',
      { 'data-room': room._id },
      element('header', {}, room.fname ?? room.name ?? room.usernames?.join(', ') ?? ''),
      this.#list,
      this.#footer(),
    );
  }

  /** A message is shown once. */
  add(message) {
    if (this.#list.querySelector(`[data-id="${CSS.escape(message._id)}"]`)) return;
    const text = message.t
      ? element('span', { class: 'system' }, `${message.t} ${message.msg}`)
      : element('span', {}, message.msg);
    this.#list.append(
      element('li', { 'data-id': message._id }, element('b', {}, message.alias || message.u.username), text),
    );
    this.#list.scrollTop = this.#list.scrollHeight;
  }

  #footer() {
    const { page, room } = this;
    if (!page.subscriptions.has(room._id)) {
      return element('button', { type: 'button', click: () => void page.join(room) }, 'Join');
    }
    const key = `messagebox_${room._id}`;
    const composer = element('textarea', {
      name: 'msg',
      'aria-label': 'Message',
      placeholder: 'Message',
      input: () => page.local.set(key, composer.value),
      keydown: (event) => {
        if (event.key !== 'Enter' || event.shiftKey) return;
        event.preventDefault();
        const msg = composer.value.trim();
        if (!msg) return;
        composer.value = '';
        page.local.remove(key);
        void page.ddp.call('sendMessage', { rid: room._id, msg });
      },
    });
    composer.value = page.local.get(key) ?? '';
    return composer;
  }
}

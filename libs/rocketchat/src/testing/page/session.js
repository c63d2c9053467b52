const TOKEN = 'Meteor.loginToken';
const EXPIRES = 'Meteor.loginTokenExpires';
const USER = 'Meteor.userId';

/** Who is signed in, their memberships and unread numbers. */
export class Session {
  userId = null;
  isAdmin = false;
  #told = -1;
  #begun = false;
  #isReady;
  /** Resolves when it is known whether an earlier session goes on. */
  ready = new Promise((resolve) => (this.#isReady = resolve));

  constructor(page, tell) {
    this.page = page;
    this.tell = tell;
  }

  /** Goes on with the session that the storage knows. @returns false when there is none any more */
  async resume() {
    const token = this.page.local.get(TOKEN);
    try {
      if (token) await this.login({ resume: token });
      return token !== null;
    } catch {
      this.forget();
      return false;
    } finally {
      this.#isReady();
    }
  }

  async login(input) {
    const { id, token, tokenExpires } = await this.page.ddp.call('login', input);
    const { local } = this.page;
    local.set(TOKEN, token);
    local.set(EXPIRES, new Date(tokenExpires?.$date ?? 0).toString());
    local.set(USER, id);
    document.cookie = `rc_uid=${id}; path=/`;
    document.cookie = `rc_token=${token}; path=/`;
    const again = this.userId === id;
    this.userId = id;
    this.isAdmin = this.page.ddp.user?.roles?.includes('admin') ?? false;
    await this.loadSubscriptions();
    if (again) {
      this.#tellTotal();
      return;
    }
    this.page.ddp.forgetSubscriptions();
    this.#begun = false;
  }

  /** Listens for this user, and tells the parent who came. */
  begin() {
    if (this.#begun) return;
    this.#begun = true;
    for (const event of ['subscriptions-changed', 'rooms-changed', 'notification']) {
      this.page.ddp.subscribe('stream-notify-user', `${this.userId}/${event}`);
    }
    this.page.ddp.subscribe('stream-room-messages', '__my_messages__');
    this.tell('Custom_Script_Logged_In', true);
    this.tell('status-changed', 'online');
    this.#tellTotal();
  }

  async loadSubscriptions() {
    const list = await this.page.ddp.call('subscriptions/get').catch(() => []);
    this.page.subscriptions.clear();
    for (const one of list) this.page.subscriptions.set(one.rid, one);
  }

  /** @returns whether the list of rooms looks different now */
  hear(stream, event, args) {
    if (event.endsWith('/subscriptions-changed')) {
      const [action, one] = args;
      if (action === 'removed') this.page.subscriptions.delete(one.rid);
      else this.page.subscriptions.set(one.rid, one);
      const { unread, alert, rid, t, name, ls, fname } = one;
      this.tell('unread-changed-by-subscription', { unread, alert, rid, t, name, ls, fname, unreadAlert: 'default' });
      this.#tellTotal();
      return true;
    }
    if (event.endsWith('/notification'))
      this.tell('notification', { notification: args[0], fromOpenedRoom: false, hasFocus: document.hasFocus() });
    if (event === '__my_messages__') {
      const [message, about] = args;
      const name = message.u.name || message.u.username;
      this.tell('new-message', { ...message, name, room: { type: about.roomType, name: about.roomName } });
    }
    return false;
  }

  /**
   * Signs out whoever is there, and only then cleans up: what is half typed is thrown away, in every room. Without a user nothing
   * happens; a session that the server ends is forgotten, and its drafts stay.
   */
  async logout() {
    if (!this.userId) return;
    await this.page.ddp.call('logout').catch(() => undefined);
    this.forget();
    const { local } = this.page;
    for (const key of local.keys()) if (key.startsWith('messagebox_')) local.remove(key);
    this.tell('Custom_Script_On_Logout', true);
  }

  forget() {
    const { local, subscriptions, ddp } = this.page;
    for (const key of [TOKEN, EXPIRES, USER]) local.remove(key);
    for (const name of ['rc_uid', 'rc_token']) document.cookie = `${name}=; path=/; max-age=0`;
    const was = this.userId;
    this.userId = null;
    this.isAdmin = false;
    this.#begun = false;
    this.#told = -1;
    subscriptions.clear();
    ddp?.forgetSubscriptions();
    if (was) this.tell('Custom_Script_Logged_Out', true);
  }

  #tellTotal() {
    const counted = [...this.page.subscriptions.values()].filter(
      (one) => one.open && !one.archived && !one.hideUnreadStatus,
    );
    const total = counted.reduce((sum, one) => sum + one.unread + (one.tunread?.length ?? 0), 0);
    if (total === this.#told) return;
    this.#told = total;
    this.tell('unread-changed', total);
  }
}

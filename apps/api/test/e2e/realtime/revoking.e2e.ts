import { randomUUID } from 'node:crypto';
import type { Chat, User } from '@besedka/contracts';
import { SessionWatch } from '../../../src/modules/realtime/session-watch.js';
import { Database } from '../../../src/database/database.js';
import { Person } from '../../support/realtime/people.js';
import { SocketClient } from '../../support/realtime/socket-client.js';
import { closeTestApp, createTestApp, type TestApp } from '../../support/test-app.js';

describe('revoking is immediate', () => {
  let app: TestApp | undefined;
  let owner: Person;

  beforeAll(async () => {
    app = await createTestApp();
    owner = await Person.local(app.url, 'owner');
  }, 60_000);
  afterAll(() => closeTestApp(app));

  const put = async (user: Person, change: Record<string, unknown>): Promise<void> => {
    const known = await owner.http<User>('GET', `users/${user.id}`);
    await owner.http('PATCH', `users/${user.id}`, change, { 'if-match': `"${known.version}"` });
  };

  /** The channel as it stands in the person's list. */
  const channel = (socket: SocketClient, key: string): Chat | undefined =>
    socket
      .all('snapshot')
      .at(-1)!
      .chats.find((chat) => chat.channelKey === key);

  it('signing out closes the sockets of this session, and no other', async () => {
    const person = await owner.createPerson('signout');
    const other = await person.again();
    const [first, second, unharmed] = await Promise.all([person.socket(), person.socket(), other.socket()]);
    const gone = [first.gone(), second.gone()];
    await person.http('POST', 'auth/logout');
    expect(await Promise.all(gone)).toEqual(['io server disconnect', 'io server disconnect']);
    expect(first.all('session:ended')).toEqual([{ reason: 'signed_out' }]);
    expect(second.all('session:ended')).toEqual([{ reason: 'signed_out' }]);
    await unharmed.ask('presence', { active: true });
    expect(unharmed.all('session:ended')).toEqual([]);
    unharmed.close();
  });

  it('ending one session from another device closes its sockets', async () => {
    const person = await owner.createPerson('endone');
    const other = await person.again();
    const [mine, theirs] = await Promise.all([person.socket(), other.socket()]);
    const gone = theirs.gone();
    await person.http('DELETE', `auth/sessions/${other.sessionId}`);
    await gone;
    expect(theirs.all('session:ended')).toEqual([{ reason: 'revoked' }]);
    await mine.ask('presence', {});
    mine.close();
  });

  it('disabling an account closes everything it has open, and what is sent afterwards does not arrive', async () => {
    const person = await owner.createPerson('disabled');
    const witness = await owner.socket();
    const sockets = await Promise.all([person.socket(), (await person.again()).socket()]);
    const general = channel(sockets[0]!, 'general')!;
    const gone = sockets.map((socket) => socket.gone());
    await put(person, { status: 'disabled' });
    await Promise.all(gone);
    for (const socket of sockets) expect(socket.all('session:ended')).toEqual([{ reason: 'disabled' }]);
    const sentinel = await owner.send(general.id, 'after the ban');
    await witness.wait('message:new', ({ message }) => message.seq === sentinel.seq);
    for (const socket of sockets) {
      expect(socket.all('message:new').filter(({ message }) => message.seq === sentinel.seq)).toEqual([]);
    }
    expect(await SocketClient.refused(app!.url, { token: person.token })).toEqual({ code: 'unauthenticated' });
    witness.close();
  });

  it('who can no longer be written to, and who can again, is seen in the open windows of direct chats', async () => {
    const [person, stranger] = await Promise.all([owner.createPerson('reach'), owner.createPerson('unconcerned')]);
    const direct = await owner.createDirect(person);
    await owner.send(direct.id, 'hello');
    const hidden = await stranger.createDirect(person);
    await stranger.http('DELETE', `chats/${hidden.id}`);
    const [witness, unconcerned] = await Promise.all([owner.socket(), stranger.socket()]);
    const told = (canPost: boolean, since: number): Promise<unknown> =>
      witness.wait('chat:new', ({ chat }) => chat.id === direct.id && chat.canPost === canPost, since);
    const known = witness.all('snapshot')[0]!.chats.find((chat) => chat.id === direct.id)!;
    expect(known.canPost).toBe(true);

    await put(person, { status: 'disabled' });
    // Nothing but this has changed: a client takes it as it takes every chat of the same change number.
    expect(await told(false, 0)).toEqual({ chat: { ...known, canPost: false } });
    let mark = witness.mark;
    await put(person, { status: 'active' });
    await told(true, mark);
    mark = witness.mark;
    const { version } = await owner.http<User>('GET', `users/${person.id}`);
    await owner.http('DELETE', `users/${person.id}`, undefined, { 'if-match': `"${version}"` });
    await told(false, mark);

    // Whoever has no such chat in their list is told nothing.
    await unconcerned.ask('presence', {});
    expect(unconcerned.all('chat:new')).toEqual([]);
    for (const socket of [witness, unconcerned]) socket.close();
  });

  it('a changed password closes the other sessions and keeps this one', async () => {
    const person = await owner.createPerson('password');
    const other = await person.again();
    const [mine, theirs] = await Promise.all([person.socket(), other.socket()]);
    const gone = theirs.gone();
    await person.http('POST', 'auth/password', {
      currentPassword: person.password,
      newPassword: `quite new ${randomUUID()}`,
    });
    await gone;
    expect(theirs.all('session:ended')).toEqual([{ reason: 'password_changed' }]);
    await mine.ask('presence', {});
    mine.close();
  });

  it('losing a role takes the channel away in the open window, without a new connection', async () => {
    const person = await owner.createPerson('demoted', ['moderator']);
    const socket = await person.socket();
    const moderators = channel(socket, 'moderators')!;
    await socket.ask('chat:open', { chatId: moderators.id });
    await put(person, { roles: ['user'] });
    await socket.wait('chat:gone', ({ chatId, reason }) => chatId === moderators.id && reason === 'access_lost');
    await socket.wait('me:changed');
    // A sentinel behind it in another chat proves that nothing of the channel came through.
    const witness = await owner.socket();
    const secret = await owner.send(moderators.id, 'among moderators');
    await witness.wait('message:new', ({ message }) => message.chatId === moderators.id && message.seq === secret.seq);
    const general = channel(socket, 'general')!;
    const sentinel = await owner.send(general.id, 'for everybody');
    await socket.wait('message:new', ({ message }) => message.chatId === general.id && message.seq === sentinel.seq);
    expect(socket.all('message:new').filter(({ message }) => message.chatId === moderators.id)).toEqual([]);
    for (const answer of [
      await socket.answer('message:send', { chatId: moderators.id, clientId: randomUUID(), body: 'may I?' }),
      await socket.answer('chat:open', { chatId: moderators.id }),
      await socket.answer('typing', { chatId: moderators.id }),
      await socket.answer('chat:read', { chatId: moderators.id, seq: 1 }),
    ]) {
      expect(answer).toEqual({ ok: false, error: { code: 'chat_not_found' } });
    }
    const { results } = await socket.ask('sync', { chats: { [moderators.id]: 0 } });
    expect(results).toEqual([{ chatId: moderators.id, kind: 'gone' }]);
    // And back again, in the same connection.
    await put(person, { roles: ['moderator'] });
    await socket.wait('chat:new', ({ chat }) => chat.id === moderators.id);
    const welcome = await owner.send(moderators.id, 'welcome back');
    await socket.wait('message:new', ({ message }) => message.chatId === moderators.id && message.seq === welcome.seq);
    for (const one of [socket, witness]) one.close();
  });

  it('new rights count at once: moderating over the socket after a promotion', async () => {
    const person = await owner.createPerson('promoted');
    const socket = await person.socket();
    const general = channel(socket, 'general')!;
    const { seq } = await owner.send(general.id, 'delete me if you can');
    expect(await socket.answer('message:delete', { chatId: general.id, seq })).toMatchObject({
      ok: false,
      error: { code: 'forbidden' },
    });
    await put(person, { roles: ['moderator'] });
    await socket.wait('me:changed');
    await socket.ask('message:delete', { chatId: general.id, seq });
    socket.close();
  });

  it('leaving, being removed and the end of a group end its messages', async () => {
    const [leaver, removed, stays] = await Promise.all(
      ['leaver', 'removed', 'stays'].map((name) => owner.createPerson(name)),
    );
    const group = await owner.createGroup('shrinking', [leaver!, removed!, stays!]);
    const [a, b, c] = await Promise.all([leaver!.socket(), removed!.socket(), stays!.socket()]);
    await leaver!.http('DELETE', `chats/${group.id}/members/${leaver!.id}`);
    await a!.wait('chat:gone', ({ chatId, reason }) => chatId === group.id && reason === 'left');
    await owner.http('DELETE', `chats/${group.id}/members/${removed!.id}`);
    await b!.wait('chat:gone', ({ chatId, reason }) => chatId === group.id && reason === 'removed');
    const last = await owner.send(group.id, 'we are fewer');
    await c!.wait('message:new', ({ message }) => message.seq === last.seq && message.chatId === group.id);
    const general = channel(a!, 'general')!;
    const sentinel = await owner.send(general.id, 'sentinel');
    for (const socket of [a!, b!]) {
      await socket.wait('message:new', ({ message }) => message.chatId === general.id && message.seq === sentinel.seq);
      expect(socket.all('message:new').filter(({ message }) => message.chatId === group.id)).toEqual([]);
    }
    await owner.http('DELETE', `chats/${group.id}`);
    await c!.wait('chat:gone', ({ chatId, reason }) => chatId === group.id && reason === 'deleted');
    for (const socket of [a!, b!, c!]) socket.close();
  });

  it('a session that ended without a word is found by the periodic check, in one query', async () => {
    const person = await owner.createPerson('silent');
    const [socket, unharmed] = await Promise.all([person.socket(), owner.socket()]);
    await app!.get(Database).execute('UPDATE sessions SET expires_at = now() WHERE id = $1', [person.sessionId]);
    const gone = socket.gone();
    await app!.get(SessionWatch).checkAll();
    await gone;
    expect(socket.all('session:ended')).toEqual([{ reason: 'expired' }]);
    await unharmed.ask('presence', {});
    unharmed.close();
  });
});

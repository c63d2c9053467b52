import { randomUUID } from 'node:crypto';
import type { User } from '@besedka/contracts';
import { PrincipalQuery } from '../../../src/modules/auth/principal.query.js';
import { ChatsService } from '../../../src/modules/chats/chats.service.js';
import { MessagesService } from '../../../src/modules/chats/messages.service.js';
import { Person } from '../../support/realtime/people.js';
import { SocketClient } from '../../support/realtime/socket-client.js';
import { closeTestApp, createTestApp, type TestApp } from '../../support/test-app.js';

describe('faults of the server itself', () => {
  let app: TestApp | undefined;
  let owner: Person;
  let restore: () => void = () => undefined;

  beforeAll(async () => {
    app = await createTestApp();
    owner = await Person.local(app.url, 'owner');
  }, 60_000);
  afterAll(() => closeTestApp(app));
  afterEach(() => restore());

  /** Makes one method of a service fail until the test is over. */
  function broken(service: object, method: string): void {
    Reflect.set(service, method, () => Promise.reject(new Error('out of order')));
    restore = () => Reflect.deleteProperty(service, method);
  }

  it('an unforeseen error is answered as internal, without its text; the log has it, without the message', async () => {
    const socket = await owner.socket();
    const [general] = socket.all('snapshot')[0]!.chats;
    broken(app!.get(MessagesService), 'send');
    const body = 'words that belong to nobody else';
    const answer = await socket.answer('message:send', { chatId: general!.id, clientId: randomUUID(), body });
    expect(answer).toEqual({ ok: false, error: { code: 'internal' } });
    const [logged] = app!.logs.filter((line) => line['level'] === 'error');
    expect(logged).toMatchObject({ event: 'message:send', userId: owner.id, err: { message: 'out of order' } });
    expect(JSON.stringify(app!.logs)).not.toContain(body);
    restore();
    await socket.ask('message:send', { chatId: general!.id, clientId: randomUUID(), body });
    socket.close();
  });

  it('a snapshot that cannot be read sends the client away to come back, not to stay without one', async () => {
    broken(app!.get(ChatsService), 'listAll');
    const socket = await SocketClient.connectOnly(app!.url, { token: owner.token });
    expect(await socket.goneWith()).toEqual({ reason: 'transport close', code: 1012 });
    restore();
    (await owner.socket()).close();
  });

  it('rights that cannot be read are not kept: the sockets are cut and asked again when they come back', async () => {
    const person = await owner.createPerson('unread');
    const [socket, unharmed] = await Promise.all([person.socket(), owner.socket()]);
    const known = await owner.http<User>('GET', `users/${person.id}`);
    const gone = socket.goneWith();
    broken(app!.get(PrincipalQuery), 'ofSessions');
    await owner.http('PATCH', `users/${person.id}`, { roles: ['moderator'] }, { 'if-match': `"${known.version}"` });
    expect(await gone).toEqual({ reason: 'transport close', code: 1012 });
    restore();
    const again = await person.socket();
    expect(again.all('snapshot')[0]!.chats.map((chat) => chat.channelKey)).toContain('moderators');
    await unharmed.ask('presence', {});
    for (const one of [again, unharmed]) one.close();
  });
});

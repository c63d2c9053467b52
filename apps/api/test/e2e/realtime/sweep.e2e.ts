import { type ClientEventName, clientEventSchemas } from '@besedka/contracts';
import { SignedIn } from '../../../src/common/access/access.decorators.js';
import { collectEvents, SocketEvent } from '../../../src/modules/realtime/event-registry.js';
import { RealtimeGateway } from '../../../src/modules/realtime/realtime.gateway.js';
import { Person } from '../../support/realtime/people.js';
import { SocketClient } from '../../support/realtime/socket-client.js';
import { closeTestApp, createTestApp, type TestApp } from '../../support/test-app.js';

describe('socket events are denied by default', () => {
  let app: TestApp | undefined;

  beforeAll(async () => {
    app = await createTestApp();
  }, 60_000);
  afterAll(() => closeTestApp(app));

  it('every event of the contracts has a handler and an access declaration, and none is public', () => {
    const { events } = app!.get(RealtimeGateway);
    const table = [...events.values()].map(({ name, access }) => `${name}: ${access.kind}`).sort();
    process.stdout.write(`socket events\n  ${table.join('\n  ')}\n`);
    expect([...events.keys()].sort()).toEqual(Object.keys(clientEventSchemas).sort());
    expect([...events.values()].filter(({ access }) => access.kind === 'public')).toEqual([]);
  });

  it('a handler without an access declaration stops the start', () => {
    class Forgetful {
      @SocketEvent('typing')
      typing(): void {
        // Nothing to do: the declaration is what is looked at.
      }
    }
    expect(() => collectEvents(new Forgetful())).toThrow('The socket event typing (typing) declares no access');
  });

  it('an event with two handlers, or without one, stops the start', () => {
    class Twice {
      @SocketEvent('typing')
      @SignedIn()
      one(): void {
        // Looked at only.
      }
      @SocketEvent('typing')
      @SignedIn()
      two(): void {
        // Looked at only.
      }
    }
    class Once {
      @SocketEvent('typing')
      @SignedIn()
      one(): void {
        // Looked at only.
      }
    }
    expect(() => collectEvents(new Twice())).toThrow('two handlers');
    expect(() => collectEvents(new Once())).toThrow('without a handler: chat:open');
  });

  it('nobody without a session gets as far as an event', async () => {
    const refusal = await SocketClient.refused(app!.url, {});
    expect(refusal).toEqual({ code: 'unauthenticated' });
  });

  it('an unknown event is refused by name, and the socket lives on', async () => {
    const person = await Person.local(app!.url, 'test_user');
    const socket = await person.socket();
    const unknown = [
      '',
      'message:new',
      'snapshot',
      'Message:Send',
      'message:send ',
      '__proto__',
      'constructor',
      'x'.repeat(5000),
    ];
    for (const name of unknown) {
      expect(await socket.answerRaw(name, {})).toEqual({ ok: false, error: { code: 'not_found' } });
    }
    await socket.ask('presence', {});
    socket.close();
  });

  it('is refused for everything while it is signed in but malformed', async () => {
    const person = await Person.local(app!.url, 'test_user');
    const socket = await person.socket();
    for (const name of Object.keys(clientEventSchemas) as ClientEventName[]) {
      for (const args of [[], [null], ['text'], [7], [[]], [{ unexpected: true }], [{}, {}]]) {
        const answer = await socket.answerRaw(name, ...args);
        if (name === 'presence' && JSON.stringify(args) === '[{}]') continue;
        expect({ name, args, answer }).toMatchObject({ answer: { ok: false } });
        if (!answer.ok) expect(['validation_failed', 'malformed_request']).toContain(answer.error.code);
      }
    }
    socket.close();
  });
});

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ADMIN, refused, scene, type Scene } from './support.js';

describe('Webhooks', () => {
  let there: Scene;
  let server: Server;
  let url: string;
  let received: Record<string, unknown>[];
  let answer: { status: number; body: string };
  beforeEach(async () => {
    there = await scene();
    received = [];
    answer = { status: 200, body: '' };
    server = createServer((req, res) => {
      const parts: Buffer[] = [];
      req.on('data', (part: Buffer) => parts.push(part));
      req.on('end', () => {
        received.push(JSON.parse(Buffer.concat(parts).toString()) as Record<string, unknown>);
        res.writeHead(answer.status, { 'Content-Type': 'application/json' }).end(answer.body);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  });
  afterEach(async () => {
    await there.double.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const outgoing = async (more = {}) => {
    const body = {
      type: 'webhook-outgoing',
      name: 'to the portal',
      event: 'sendMessage',
      enabled: true,
      username: ADMIN.username,
      urls: [url],
      scriptEnabled: false,
      channel: '#general',
      token: 'our token',
      ...more,
    };
    return (await there.bridge.post('integrations.create', body)).body;
  };
  const incoming = async (more = {}) => {
    const body = {
      type: 'webhook-incoming',
      name: 'from the portal',
      enabled: true,
      username: 'rocket.cat',
      channel: '#general',
      scriptEnabled: false,
      ...more,
    };
    return (await there.bridge.post('integrations.create', body)).body.integration;
  };

  it('outgoing: exactly the fields of a message, incl. token', async () => {
    const { double } = there;
    await outgoing();
    double.make.user('alice');
    const { _id, ts } = double.make.message('general', 'alice', 'hello');
    await double.webhooksIdle();
    expect(received).toEqual([
      {
        token: 'our token',
        bot: false,
        channel_id: 'GENERAL',
        channel_name: 'general',
        message_id: _id,
        timestamp: ts.toISOString(),
        user_id: expect.any(String),
        user_name: 'alice',
        text: 'hello',
        siteUrl: double.url,
      },
    ]);
  });

  it.each([
    ['userCreated', { user_name: 'alice', user: { username: 'alice' } }],
    ['roomJoined', { channel_name: 'general', user: { username: 'alice' } }],
  ])('%s', async (event, expected) => {
    await outgoing({ event });
    there.double.make.user('alice');
    await there.double.webhooksIdle();
    expect(received).toMatchObject([{ token: 'our token', ...expected }]);
  });

  it('only the chosen channels and trigger words; lost on order', async () => {
    const { double } = there;
    await outgoing({ channel: ['all_private_groups'], triggerWords: ['!help'] });
    const group = double.make.group('team', ADMIN.username);
    double.make.message(group, ADMIN.username, 'hello');
    double.make.user('alice');
    double.make.message('general', 'alice', '!help');
    double.make.message(group, ADMIN.username, '!help me');
    double.faults.order({ name: 'webhooks-lost' });
    double.make.message(group, ADMIN.username, '!help lost');
    await double.webhooksIdle();
    expect(received).toMatchObject([{ trigger_word: '!help', text: '!help me' }]);
  });

  it('an answer with text is posted back, 410 disables, 500 stops, others are tried again', async () => {
    const { double } = there;
    double.make.user('alice');
    const { integration } = await outgoing({ retryDelay: 'powers-of-ten', retryCount: 2 });
    answer = { status: 200, body: '{"text":"noted"}' };
    double.make.message('general', 'alice', 'one');
    await double.webhooksIdle();
    expect(double.state.messages.at(-1)).toMatchObject({ msg: 'noted', bot: { i: integration._id } });
    expect(received).toHaveLength(1);
    answer = { status: 500, body: '' };
    double.make.message('general', 'alice', 'two');
    await double.webhooksIdle();
    double.clock.advance(100_000);
    await double.webhooksIdle();
    expect(received).toHaveLength(2);
    answer = { status: 503, body: '' };
    double.make.message('general', 'alice', 'three');
    await double.webhooksIdle();
    for (const wait of [100, 1000, 10_000]) {
      double.clock.advance(wait);
      await double.webhooksIdle();
    }
    expect(received.filter(({ text }) => text === 'three')).toHaveLength(3);
    answer = { status: 410, body: '' };
    double.make.message('general', 'alice', 'four');
    await double.webhooksIdle();
    expect(double.state.integrations.get(integration._id)?.enabled).toBe(false);
  });

  it('incoming: as JSON and as form; 404 on bad token; the channel only when allowed', async () => {
    const { anybody, double } = there;
    const { _id, token } = await incoming();
    const json = { method: 'POST', headers: { 'Content-Type': 'application/json' } };
    const post = (path: string, body: unknown) =>
      anybody.send(`/hooks/${path}`, { ...json, body: JSON.stringify(body) });
    expect((await post(`${_id}/${token}`, { text: 'news', alias: 'Portal' })).body).toEqual({ success: true });
    expect(double.state.messages.at(-1)).toMatchObject({
      rid: 'GENERAL',
      msg: 'news',
      alias: 'Portal',
      bot: { i: _id },
    });
    const payload = new URLSearchParams({ payload: '{"text":"form"}' });
    await anybody.send(`/hooks/${_id}/${token}`, { method: 'POST', body: payload });
    expect(double.state.messages.at(-1)?.msg).toBe('form');
    expect((await post(`${_id}/${token}`, {})).status).toBe(200);
    expect((await post(`${_id}/${token}`, { text: 'x', channel: '#general' })).status).toBe(400);
    for (const path of [`${_id}/wrong`, `wrong/${token}`]) {
      expect(await post(path, {})).toMatchObject({
        status: 404,
        body: { success: false, error: 'Invalid integration id or token provided.' },
      });
    }
  });

  it('list, get, remove; what cannot be is refused', async () => {
    const { bridge, user } = there;
    const { _id } = await incoming();
    expect((await bridge.get('integrations.list')).body).toMatchObject({
      total: 1,
      integrations: [{ _id, channel: ['#general'] }],
    });
    expect((await bridge.get('integrations.get', { integrationId: _id })).body.integration.name).toBe(
      'from the portal',
    );
    expect((await user('alice').get('integrations.list')).status).toBe(403);
    expect(await outgoing({ channel: '#nowhere' })).toMatchObject(refused('error-invalid-room') as object);
    expect(await outgoing({ username: 'nobody' })).toMatchObject(refused('error-invalid-user') as object);
    expect(await outgoing({ event: 'sneeze' })).toMatchObject(refused('error-invalid-event-type') as object);
    await bridge.post('integrations.remove', { type: 'webhook-incoming', integrationId: _id });
    expect((await bridge.get('integrations.list')).body.total).toBe(0);
  });
});

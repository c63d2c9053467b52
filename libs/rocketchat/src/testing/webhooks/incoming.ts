import type { Core } from '../core.js';
import { postMessage } from '../domain/messages.js';
import { directRoom, roomByName } from '../domain/rooms.js';
import { userByName } from '../domain/users.js';
import { RcError } from '../http/errors.js';
import { sendJson, type Exchange } from '../http/exchange.js';
import { TooMany, type Limiter } from '../http/limiter.js';
import type { Integration, Room, User } from '../state/model.js';

/** `POST /hooks/<integration>/<token>`, also with a user id between the two. */
export async function answerHook(exchange: Exchange, limiter: Limiter): Promise<boolean> {
  const parts = exchange.url.pathname.split('/').slice(1).map(decodeURIComponent);
  if (parts[0] !== 'hooks' || exchange.call.method !== 'POST') return false;
  const { core, body, call } = exchange;
  const [, id = '', ...rest] = parts;
  const integration = core.state.integrations.get(id);
  try {
    if (core.settings.bool('API_Enable_Rate_Limiter')) limiter.count(`${exchange.ip} POST ${exchange.url.pathname}`);
    if (integration?.type !== 'webhook-incoming' || integration.token !== rest.at(-1) || !integration.enabled) {
      throw new RcError(404, { success: false, error: 'Invalid integration id or token provided.' });
    }
    const revision = core.revision;
    const input =
      body['payload'] === undefined ? body : (JSON.parse(String(body['payload'])) as Record<string, unknown>);
    if (Object.keys(input).length > 0) post(core, integration, input);
    call.wrote = true;
    call.changed = core.revision !== revision;
    await sendJson(exchange, 200, { success: true });
  } catch (error) {
    if (!(error instanceof RcError)) throw error;
    await sendJson(exchange, error.status, error.body, error instanceof TooMany ? error.headers : {});
  }
  return true;
}

function post(core: Core, integration: Integration, input: Record<string, unknown>): void {
  const author = core.state.users.get(integration.userId);
  if (!author) throw new RcError(400, { success: false, error: 'error-invalid-user' });
  const text = (...names: string[]) =>
    names.map((name) => input[name]).find((value) => typeof value === 'string') as string | undefined;
  const channel = text('channel', 'roomId');
  if (channel !== undefined && !integration.overrideDestinationChannelEnabled) {
    throw new RcError(400, {
      success: false,
      error: 'overriding destination channel is disabled for this integration',
    });
  }
  for (const target of channel === undefined ? integration.channel : [channel]) {
    postMessage(core, roomFor(core, author, target), author, {
      text: text('text', 'msg') ?? '',
      alias: text('alias', 'username') ?? integration.alias,
      avatar: text('icon_url', 'avatar') ?? integration.avatar,
      emoji: text('icon_emoji', 'emoji') ?? integration.emoji,
      attachments: Array.isArray(input['attachments']) ? input['attachments'] : undefined,
      tmid: text('tmid'),
      bot: integration._id,
    });
  }
}

function roomFor(core: Core, author: User, target: string): Room {
  const user = target.startsWith('@') ? userByName(core, target.slice(1)) : core.state.users.get(target);
  if (user) return directRoom(core, [author, user]);
  const room = core.state.rooms.get(target) ?? roomByName(core, target);
  if (!room) throw new RcError(400, { success: false, error: 'invalid-channel' });
  return room;
}

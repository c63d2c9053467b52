import { randomUUID } from 'node:crypto';
import { FORWARD_CHATS_MAX, GROUP_MEMBERS_MAX, MESSAGE_MAX } from '@besedka/contracts';
import type { Person } from './chat-world.js';

export interface Facts {
  /** A chat of ann's with three messages; the second is deleted. */
  mine: string;
  /** A chat that ann is not in. */
  foreign: string;
  ann: Person;
  bob: Person;
}

type Request = readonly [method: string, path: string, json?: unknown];

const ID = '018f0000-0000-7000-8000-00000000abcd';
const clientId = ID;
const big = 9_007_199_254_740_991;

/** What is refused: name → request → expected status, code and, for invalid fields, the rule. */
export const BAD_INPUT: readonly (readonly [
  what: string,
  request: (f: Facts) => Request,
  status: number,
  code: string,
  rule?: string,
])[] = [
  // Bodies of messages
  ['an empty text', (f) => ['POST', `${f.mine}/messages`, { clientId, body: '' }], 400, 'validation_failed', 'empty'],
  [
    'white space',
    (f) => ['POST', `${f.mine}/messages`, { clientId, body: ' \n\t\u200b ' }],
    400,
    'validation_failed',
    'empty',
  ],
  [
    'a text that is too long',
    (f) => ['POST', `${f.mine}/messages`, { clientId, body: 'x'.repeat(MESSAGE_MAX + 1) }],
    400,
    'validation_failed',
    'too_long',
  ],
  [
    'a huge text',
    (f) => ['POST', `${f.mine}/messages`, { clientId, body: 'x'.repeat(100_000) }],
    400,
    'validation_failed',
    'too_long',
  ],
  [
    'a null byte',
    (f) => ['POST', `${f.mine}/messages`, { clientId, body: 'a\u0000b' }],
    400,
    'validation_failed',
    'unsafe_characters',
  ],
  [
    'a control character',
    (f) => ['POST', `${f.mine}/messages`, { clientId, body: 'a\u0007b' }],
    400,
    'validation_failed',
    'unsafe_characters',
  ],
  [
    'half a surrogate',
    (f) => ['POST', `${f.mine}/messages`, { clientId, body: 'a\ud800b' }],
    400,
    'validation_failed',
    'unsafe_characters',
  ],
  [
    'a right-to-left override',
    (f) => ['POST', `${f.mine}/messages`, { clientId, body: 'a\u202Eb' }],
    400,
    'validation_failed',
    'unsafe_characters',
  ],
  [
    'an isolate',
    (f) => ['POST', `${f.mine}/messages`, { clientId, body: 'a\u2066b' }],
    400,
    'validation_failed',
    'unsafe_characters',
  ],
  ['a number as text', (f) => ['POST', `${f.mine}/messages`, { clientId, body: 5 }], 400, 'validation_failed'],
  ['no text', (f) => ['POST', `${f.mine}/messages`, { clientId }], 400, 'validation_failed'],
  ['a list', (f) => ['POST', `${f.mine}/messages`, []], 400, 'validation_failed'],
  [
    'an unknown field',
    (f) => ['POST', `${f.mine}/messages`, { clientId, body: 'x', authorId: f.bob.id }],
    400,
    'validation_failed',
  ],
  [
    'a client id that is none',
    (f) => ['POST', `${f.mine}/messages`, { clientId: 'x', body: 'x' }],
    400,
    'validation_failed',
  ],
  // What a message answers
  [
    'an answer to a message that is not there',
    (f) => ['POST', `${f.mine}/messages`, { clientId, body: 'x', replyTo: 4 }],
    404,
    'message_not_found',
  ],
  [
    'an answer to a deleted message',
    (f) => ['POST', `${f.mine}/messages`, { clientId, body: 'x', replyTo: 2 }],
    409,
    'message_deleted',
  ],
  [
    'an answer beyond every number',
    (f) => ['POST', `${f.mine}/messages`, { clientId, body: 'x', replyTo: big }],
    404,
    'message_not_found',
  ],
  [
    'an answer to a negative number',
    (f) => ['POST', `${f.mine}/messages`, { clientId, body: 'x', replyTo: -1 }],
    400,
    'validation_failed',
  ],
  [
    'an answer to a fraction',
    (f) => ['POST', `${f.mine}/messages`, { clientId, body: 'x', replyTo: 1.5 }],
    400,
    'validation_failed',
  ],
  // Ids: foreign, unknown, malformed
  ['a foreign chat', (f) => ['POST', `${f.foreign}/messages`, { clientId, body: 'x' }], 404, 'chat_not_found'],
  ['an unknown chat', () => ['POST', `${ID}/messages`, { clientId, body: 'x' }], 404, 'chat_not_found'],
  ['a malformed chat id', () => ['POST', 'x/messages', { clientId, body: 'x' }], 400, 'validation_failed'],
  ['an injection as chat id', () => ['GET', `${encodeURIComponent("' OR 1=1 --")}/messages`], 400, 'validation_failed'],
  ['a null byte in an id', () => ['GET', '%00/messages'], 400, 'validation_failed'],
  ['history of a foreign chat', (f) => ['GET', `${f.foreign}/messages`], 404, 'chat_not_found'],
  ['a foreign chat itself', (f) => ['GET', f.foreign], 404, 'chat_not_found'],
  ['members of a foreign chat', (f) => ['GET', `${f.foreign}/members`], 404, 'chat_not_found'],
  ['reading a foreign chat', (f) => ['POST', `${f.foreign}/read`, { seq: 1 }], 404, 'chat_not_found'],
  ['marking a foreign chat', (f) => ['POST', `${f.foreign}/unread`, { fromSeq: 1 }], 404, 'chat_not_found'],
  [
    'forwarding out of a foreign chat',
    (f) => ['POST', `${f.foreign}/forward`, { clientId, seqs: [1], chatIds: [f.mine] }],
    404,
    'chat_not_found',
  ],
  [
    'forwarding into a foreign chat',
    (f) => ['POST', `${f.mine}/forward`, { clientId, seqs: [1], chatIds: [f.foreign] }],
    404,
    'chat_not_found',
  ],
  // Changes
  [
    'editing somebody else’s message',
    (f) => ['PATCH', `${f.mine}/messages/3`, { body: 'x' }],
    403,
    'not_message_author',
  ],
  ['editing a deleted message', (f) => ['PATCH', `${f.mine}/messages/2`, { body: 'x' }], 409, 'message_deleted'],
  [
    'editing a message that is not there',
    (f) => ['PATCH', `${f.mine}/messages/99`, { body: 'x' }],
    404,
    'message_not_found',
  ],
  [
    'editing beyond every number',
    (f) => ['PATCH', `${f.mine}/messages/${big}`, { body: 'x' }],
    404,
    'message_not_found',
  ],
  ['editing number zero', (f) => ['PATCH', `${f.mine}/messages/0`, { body: 'x' }], 400, 'validation_failed'],
  ['editing into nothing', (f) => ['PATCH', `${f.mine}/messages/1`, { body: ' ' }], 400, 'validation_failed', 'empty'],
  ['deleting somebody else’s message', (f) => ['DELETE', `${f.mine}/messages/3`], 403, 'forbidden'],
  ['deleting a deleted message', (f) => ['DELETE', `${f.mine}/messages/2`], 409, 'message_deleted'],
  ['deleting number x', (f) => ['DELETE', `${f.mine}/messages/x`], 400, 'validation_failed'],
  [
    'revisions of a message that is not there',
    (f) => ['GET', `${f.mine}/messages/99/revisions`],
    404,
    'message_not_found',
  ],
  [
    'forwarding a deleted message',
    (f) => ['POST', `${f.mine}/forward`, { clientId, seqs: [2], chatIds: [f.mine] }],
    409,
    'message_deleted',
  ],
  [
    'forwarding nothing',
    (f) => ['POST', `${f.mine}/forward`, { clientId, seqs: [], chatIds: [f.mine] }],
    400,
    'validation_failed',
    'empty',
  ],
  [
    'forwarding to too many',
    (f) => [
      'POST',
      `${f.mine}/forward`,
      { clientId, seqs: [1], chatIds: Array.from({ length: FORWARD_CHATS_MAX + 1 }, () => f.mine) },
    ],
    400,
    'validation_failed',
  ],
  // Pointers and pages
  ['a negative pointer', (f) => ['POST', `${f.mine}/read`, { seq: -1 }], 400, 'validation_failed'],
  ['a pointer that is a text', (f) => ['POST', `${f.mine}/read`, { seq: '1' }], 400, 'validation_failed'],
  [
    'two positions at once',
    (f) => ['GET', `${f.mine}/messages?before=1&after=1`],
    400,
    'validation_failed',
    'one_position',
  ],
  ['a page of nothing', (f) => ['GET', `${f.mine}/messages?limit=0`], 400, 'validation_failed'],
  ['a page of everything', (f) => ['GET', `${f.mine}/messages?limit=100000`], 400, 'validation_failed'],
  ['a position that is no number', (f) => ['GET', `${f.mine}/messages?around=NaN`], 400, 'validation_failed'],
  ['a cursor that we did not make', () => ['GET', '?cursor=eyJvcmRlciI6IjEifQ'], 400, 'bad_cursor'],
  ['a null byte in a search', () => ['GET', '?q=%00'], 400, 'validation_failed'],
  // Groups
  [
    'a title that is too long',
    (f) => ['POST', '', { kind: 'group', title: 'x'.repeat(10_000), memberIds: [f.bob.id] }],
    400,
    'validation_failed',
    'too_long',
  ],
  [
    'a title of two lines',
    (f) => ['POST', '', { kind: 'group', title: 'a\nb', memberIds: [f.bob.id] }],
    400,
    'validation_failed',
    'unsafe_characters',
  ],
  [
    'a title with an override',
    (f) => ['POST', '', { kind: 'group', title: 'a\u202Eb', memberIds: [f.bob.id] }],
    400,
    'validation_failed',
    'unsafe_characters',
  ],
  [
    'an invisible title',
    (f) => ['POST', '', { kind: 'group', title: '\u200b\u3164', memberIds: [f.bob.id] }],
    400,
    'validation_failed',
    'empty',
  ],
  [
    'a group of nobody',
    () => ['POST', '', { kind: 'group', title: 'x', memberIds: [] }],
    400,
    'validation_failed',
    'empty',
  ],
  [
    'a group of myself',
    (f) => ['POST', '', { kind: 'group', title: 'x', memberIds: [f.ann.id] }],
    400,
    'validation_failed',
    'empty',
  ],
  [
    'a group of too many',
    () => [
      'POST',
      '',
      { kind: 'group', title: 'x', memberIds: Array.from({ length: GROUP_MEMBERS_MAX }, () => randomUUID()) },
    ],
    400,
    'validation_failed',
  ],
  [
    'a group with somebody unknown',
    (f) => ['POST', '', { kind: 'group', title: 'x', memberIds: [f.bob.id, ID] }],
    409,
    'user_unavailable',
  ],
  ['a channel', () => ['POST', '', { kind: 'channel', title: 'x' }], 400, 'validation_failed'],
  ['a direct chat with nobody', () => ['POST', '', { kind: 'direct', userId: ID }], 409, 'user_unavailable'],
  [
    'a direct chat with myself',
    (f) => ['POST', '', { kind: 'direct', userId: f.ann.id }],
    400,
    'validation_failed',
    'own_account',
  ],
  [
    'a member id that is an object',
    (f) => ['POST', `${f.mine}/members`, { userIds: [{ $ne: null }] }],
    400,
    'validation_failed',
  ],
];

import { readMessage } from './messages';

describe('messages of the frame', () => {
  it.each([
    [{ eventName: 'startup', data: true }, { kind: 'startup' }],
    [{ eventName: 'Custom_Script_Logged_In' }, { kind: 'signed-in' }],
    [{ eventName: 'status-changed', data: 'online' }, { kind: 'signed-in' }],
    [{ eventName: 'Custom_Script_Logged_Out' }, { kind: 'signed-out' }],
    [{ eventName: 'Custom_Script_On_Logout', data: true }, { kind: 'cleaned-up' }],
    [{ eventName: 'unread-changed', data: 3 }, { kind: 'alive' }],
    [
      { eventName: 'room-opened', data: { _id: 'GENERAL', t: 'c' } },
      { kind: 'room-opened', roomId: 'GENERAL' },
    ],
    [
      { event: 'login-error', response: 403 },
      { kind: 'sign-in-failed', reason: 'refused' },
    ],
    [
      { event: 'custom-oauth-callback', response: 'service not found' },
      { kind: 'sign-in-failed', reason: 'service_unknown' },
    ],
    [
      { event: 'custom-oauth-callback', response: 'popup blocked' },
      { kind: 'sign-in-failed', reason: 'popup_blocked' },
    ],
    [
      { event: 'custom-oauth-callback', response: new Error('x') },
      { kind: 'sign-in-failed', reason: 'refused' },
    ],
    [{ event: 'custom-oauth-callback', response: { credentialToken: 'a', credentialSecret: 'b' } }, null],
    [{ event: 'custom-oauth-callback' }, null],
  ])('%j', (message, event) => expect(readMessage(message)).toEqual(event));

  it.each([
    undefined,
    null,
    'startup',
    7,
    [],
    {},
    { eventName: 7 },
    { eventName: 'room-opened' },
    { eventName: 'room-opened', data: { _id: 7 } },
    { eventName: 'room-opened', data: { _id: '' } },
    { eventName: 'notification', data: {} },
    { event: 'try-iframe-login' },
    { externalCommand: 'go' },
  ])('nothing else: %j', (message) => expect(readMessage(message)).toBeNull());
});

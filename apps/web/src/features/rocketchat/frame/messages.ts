/** What the frame tells that we act upon; everything else it says is none of our business. */
export type FrameEvent =
  /** A document of Rocket.Chat has started in the frame. */
  | { kind: 'startup' }
  /** Somebody is signed in there now. Nothing says who. */
  | { kind: 'signed-in' }
  /** Nobody is signed in there now. */
  | { kind: 'signed-out' }
  /** It has cleaned up after somebody signed out there: what was half typed is gone. */
  | { kind: 'cleaned-up' }
  /** Something that only happens while somebody is signed in. */
  | { kind: 'alive' }
  | { kind: 'room-opened'; roomId: string }
  /** A sign-in came to nothing. */
  | { kind: 'sign-in-failed'; reason: SignInFailure }
  /** The browser has loaded a page into the frame, whatever it is; what Rocket.Chat's page says comes besides. */
  | { kind: 'loaded' }
  /** That page is one of the portal's own. The way to Rocket.Chat goes through the portal, and ends at a page only where it does not go on. */
  | { kind: 'stranded'; isLoop: boolean };

export type SignInFailure = 'service_unknown' | 'popup_blocked' | 'refused';

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/**
 * Reads a message of Rocket.Chat's two protocols (contract 6): `{eventName, data}`, and `{event, response}` for answers. The origin
 * must have been looked at before.
 *
 * @returns null for whatever is not understood
 */
export function readMessage(message: unknown): FrameEvent | null {
  if (!isRecord(message)) return null;
  if (typeof message['eventName'] === 'string') return readEvent(message['eventName'], message['data']);
  if (message['event'] === 'login-error') return { kind: 'sign-in-failed', reason: 'refused' };
  if (message['event'] === 'custom-oauth-callback') return readAnswer(message['response']);
  return null;
}

function readEvent(name: string, data: unknown): FrameEvent | null {
  switch (name) {
    case 'startup':
      return { kind: 'startup' };
    case 'Custom_Script_Logged_In':
    case 'status-changed':
      return { kind: 'signed-in' };
    case 'Custom_Script_Logged_Out':
      return { kind: 'signed-out' };
    case 'Custom_Script_On_Logout':
      return { kind: 'cleaned-up' };
    case 'unread-changed':
    case 'unread-changed-by-subscription':
      return { kind: 'alive' };
    case 'room-opened':
      return isRecord(data) && typeof data['_id'] === 'string' && data['_id'] !== ''
        ? { kind: 'room-opened', roomId: data['_id'] }
        : null;
    default:
      return null;
  }
}

/** The answer to `call-custom-oauth-login`: nothing or credentials when it went well, else a sentence or an error. */
function readAnswer(response: unknown): FrameEvent | null {
  if (response === undefined || response === null) return null;
  if (isRecord(response) && 'credentialToken' in response) return null;
  if (response === 'service not found') return { kind: 'sign-in-failed', reason: 'service_unknown' };
  if (response === 'popup blocked') return { kind: 'sign-in-failed', reason: 'popup_blocked' };
  return { kind: 'sign-in-failed', reason: 'refused' };
}

import { type BuiltInChannel, type OAuthScope } from '@besedka/contracts';
import type { CustomOAuthField, ServerProfile, SettingValue } from '@besedka/rocketchat';
import { StartupError } from '../../config/config-error.js';
import type { RocketChatMarks, RocketChatMode } from '../../config/rocketchat.config.js';
import { SIGN_IN_ADDRESS, TOKEN_ADDRESS } from './sign-in/addresses.js';
import { WEBHOOK_PATH } from './webhook-token.js';

/** What the desired state is made from: our configuration and our channels, nothing else (F07). */
export interface DesiredInput {
  /** The portal as browsers reach it, without a slash at the end. */
  readonly portalUrl: string;
  /** The portal as Rocket.Chat's server reaches it, without a slash at the end. */
  readonly innerPortalUrl: string;
  /** Rocket.Chat as browsers reach it, without a slash at the end. */
  readonly rocketChatUrl: string;
  /** As configured; null: by the server's version. */
  readonly mode: RocketChatMode | null;
  readonly server: Pick<ServerProfile, 'version' | 'signInModes' | 'customOAuthNeedsLicence' | 'modernFlowSwitch'>;
  readonly channels: readonly BuiltInChannel[];
  readonly marks: RocketChatMarks;
}

/** A channel as it shall be there. Title, topic, description and welcome text are what people see. */
export interface DesiredChannel {
  readonly key: string;
  /** `fname` there; the server makes the address out of it. */
  readonly title: string;
  /** Public or private. */
  readonly type: 'c' | 'p';
  /** New accounts become members. */
  readonly isDefault: boolean;
  readonly topic: string;
  readonly description: string;
  /** Shown above the conversation (`announcement`). */
  readonly welcome: string;
}

/** What our own client registration must allow, so that the sign-in works. */
export interface DesiredClient {
  readonly name: string;
  readonly homeUrl: string;
  readonly redirectUri: string;
  readonly scope: OAuthScope;
}

export interface DesiredProvider {
  /** On/off, id and secret are not among them: they follow the client. */
  readonly fields: Readonly<Partial<Record<CustomOAuthField, SettingValue>>>;
  readonly client: DesiredClient;
}

/** A webhook as it shall be there, found by its name. Its token is not among it. */
export interface DesiredWebhook {
  readonly key: 'messages' | 'notices';
  readonly name: string;
  readonly type: 'webhook-outgoing' | 'webhook-incoming';
  /** As the server names them, but for a channel of ours: `{channel: key}`. */
  readonly channel: readonly string[] | { readonly channel: string };
  readonly event: 'sendMessage' | null;
  readonly urls: readonly string[];
}

/** Everything that Rocket.Chat shall be for us. */
export interface DesiredState {
  readonly mode: RocketChatMode;
  /** Setting id → value; what depends on a room is not here. */
  readonly settings: Readonly<Record<string, SettingValue>>;
  /** The same for what a version may not have: left alone where it does not. */
  readonly whereKnown: Readonly<Record<string, SettingValue>>;
  /** Permission → roles that hold it at least. */
  readonly permissions: Readonly<Record<string, readonly string[]>>;
  readonly channels: readonly DesiredChannel[];
  /** Key of the channel that opens after signing in. */
  readonly firstChannel: string;
  /** Null where people are signed in otherwise. */
  readonly provider: DesiredProvider | null;
  readonly webhooks: readonly DesiredWebhook[];
}

/** Name of our custom OAuth provider; `_oauth/besedka` is the callback. */
export const PROVIDER = 'besedka';
/** The wizard's setting: read-only for admins of most versions, so it may be left to the environment. */
export const WIZARD = 'Show_Setup_Wizard';
export const FIRST_CHANNEL = 'First_Channel_After_Login';

/** @throws StartupError when the mode does not work with this server, or a channel has a reserved name (F14) */
export function desiredState(input: DesiredInput): DesiredState {
  const mode = modeOf(input);
  const channels = input.channels.map(desiredChannel);
  assertNamesAllowed(channels, []);
  const first = channels.find(({ isDefault }) => isDefault);
  if (first === undefined) throw new StartupError('No channel is open to everybody.');
  return {
    mode,
    settings: settings(input, mode),
    whereKnown: {
      Message_ShowEditedStatus: input.marks.edited === 'shown',
      Message_ShowDeletedStatus: input.marks.deleted === 'shown',
      // Or who signs in over OAuth for the first time is asked for a code by mail. Only accounts made from now on are meant: what
      // somebody has chosen stays, and the second factor itself stays on (F13, contract 1.5).
      Accounts_TwoFactorAuthentication_By_Email_Auto_Opt_In: false,
    },
    // Held by nobody at first: without it an admin cannot invite into a private group of somebody else.
    permissions: { 'add-user-to-any-p-room': ['admin'] },
    channels,
    firstChannel: first.key,
    provider: mode === 'oauth' ? provider(input) : null,
    webhooks: webhooks(input, first.key),
  };
}

function modeOf({ mode, server }: DesiredInput): RocketChatMode {
  const version = server.version.text;
  const wanted = mode ?? server.signInModes[0];
  if (wanted === undefined) throw new StartupError(`Rocket.Chat ${version} offers no sign-in that the portal knows.`);
  if (wanted === 'oauth' && server.customOAuthNeedsLicence) {
    throw new StartupError(
      `Rocket.Chat ${version} allows custom OAuth only with a licence: set ROCKETCHAT_MODE=iframe-token, or run 8.9 (LTS).`,
    );
  }
  if (!server.signInModes.includes(wanted)) {
    throw new StartupError(`ROCKETCHAT_MODE=${wanted} does not work with Rocket.Chat ${version}.`);
  }
  return wanted;
}

function settings(
  { portalUrl, rocketChatUrl, server }: DesiredInput,
  mode: RocketChatMode,
): Record<string, SettingValue> {
  const portal = new URL(portalUrl).origin;
  return {
    Site_Url: rocketChatUrl,
    [WIZARD]: 'completed',
    // The header knows no other origin than its own; who may frame is said by `frame-ancestors` of the proxy.
    Iframe_Restrict_Access: false,
    Iframe_Integration_send_enable: true,
    Iframe_Integration_send_target_origin: portal,
    Iframe_Integration_receive_enable: true,
    Iframe_Integration_receive_origin: portal,
    // By default only mentions give a number.
    Unread_Count: 'all_messages',
    Unread_Count_DM: 'all_messages',
    UI_Allow_room_names_with_special_chars: true,
    // The other flow loses the mail address (#42062) and ends with 8.9.
    ...(server.modernFlowSwitch && { Accounts_OAuth_Use_Modern_Flow: false }),
    ...frameSignIn(portalUrl, mode),
  };
}

/** Settings of the sign-in inside the frame: a server may have had them in the other mode too. */
export const FRAME_SIGN_IN = [
  'Accounts_iframe_url',
  'Accounts_Iframe_api_url',
  'Accounts_Iframe_api_method',
  'Accounts_iframe_enabled',
] as const;

/** Rocket.Chat's iframe authentication (contract 6). It looks at no origin, so where it is not needed it is off. */
function frameSignIn(portalUrl: string, mode: RocketChatMode): Record<string, SettingValue> {
  if (mode === 'oauth') return { Accounts_iframe_enabled: false };
  return {
    // The switch last: nobody should meet it half done.
    Accounts_iframe_url: portalUrl + SIGN_IN_ADDRESS,
    Accounts_Iframe_api_url: portalUrl + TOKEN_ADDRESS,
    Accounts_Iframe_api_method: 'POST',
    Accounts_iframe_enabled: true,
  };
}

function webhooks({ innerPortalUrl }: DesiredInput, firstChannel: string): DesiredWebhook[] {
  return [
    {
      key: 'messages',
      name: 'Besedka: messages',
      type: 'webhook-outgoing',
      // Numbers of conversations are shown too, so the portal is told of them as well; texts are not kept.
      channel: ['all_public_channels', 'all_private_groups', 'all_direct_messages'],
      event: 'sendMessage',
      urls: [innerPortalUrl + WEBHOOK_PATH],
    },
    {
      key: 'notices',
      name: 'Besedka: notices',
      type: 'webhook-incoming',
      channel: { channel: firstChannel },
      event: null,
      urls: [],
    },
  ];
}

function provider({ portalUrl, innerPortalUrl, rocketChatUrl }: DesiredInput): DesiredProvider {
  const scope = 'read';
  // What the browser asks stands below `url`; what the server asks may be an address of its own (contract 1.2).
  const inner = innerPortalUrl === portalUrl ? '' : innerPortalUrl;
  return {
    client: { name: 'Rocket.Chat', homeUrl: rocketChatUrl, redirectUri: `${rocketChatUrl}/_oauth/${PROVIDER}`, scope },
    fields: {
      url: portalUrl,
      token_path: `${inner}/o/token/`,
      token_sent_via: 'payload',
      identity_token_sent_via: 'header',
      identity_path: `${inner}/api/v1/auth/rocket/`,
      authorize_path: '/o/authorize/',
      scope,
      access_token_param: 'access_token',
      // Empty would add `?close` to the redirect URI, and a popup is blocked inside a frame.
      login_style: 'redirect',
      button_label_text: 'Беседка',
      button_label_color: '#FFFFFF',
      button_color: '#1d74f5',
      key_field: 'username',
      username_field: 'username',
      // The claim `email` is read anyway; a field that is named and empty would refuse everybody without an address.
      email_field: '',
      name_field: 'name',
      avatar_field: 'avatar_url',
      // Both, or accounts that were made before the first sign-in are not adopted.
      merge_users: true,
      merge_users_distinct_services: true,
      // For who opens Rocket.Chat directly; inside the portal the sign-in is silent and the button is never seen (F26).
      show_button: true,
    },
  };
}

const ABOUT: Readonly<Record<BuiltInChannel['group'], string>> = {
  user: 'Открыт для всех',
  vip: 'Для участников с доступом VIP',
  admin: 'Для модераторов и владельца',
};

function desiredChannel({ key, title, icon, group }: BuiltInChannel): DesiredChannel {
  const isOpen = group === 'user';
  return {
    key,
    title,
    type: isOpen ? 'c' : 'p',
    isDefault: isOpen,
    topic: `${icon} ${title}`,
    description: ABOUT[group],
    welcome: `Чат Беседка: ${title}. Модерация активна!`,
  };
}

/** Names that Rocket.Chat keeps for itself, whatever its settings say. */
const RESERVED = ['admin', 'administrator', 'system', 'user', 'all', 'here'];

/**
 * Refuses reserved names before anything is sent (F14): the server would refuse them late, after half of the work.
 * @param blocked what the server's own settings block besides
 * @throws StartupError naming the channel and the reason
 */
export function assertNamesAllowed(
  channels: readonly Pick<DesiredChannel, 'key' | 'title'>[],
  blocked: readonly string[],
): void {
  const reserved = new Set([...RESERVED, ...blocked].map((name) => name.trim().toLowerCase()));
  for (const { key, title } of channels) {
    const name = [key, title].find((one) => reserved.has(one.trim().toLowerCase()));
    if (name !== undefined) {
      throw new StartupError(
        `A channel cannot be named "${name}": Rocket.Chat reserves this name. Nothing was changed.`,
      );
    }
  }
}

import { Injectable } from '@nestjs/common';
import {
  isRocketChatError,
  RocketChatClient,
  type RocketChatClientOptions,
  type RocketChatErrorKind,
} from '@besedka/rocketchat';
import { AppConfig } from '../../config/app-config.js';
import { StartupError } from '../../config/config-error.js';
import { apiUrlVariable, type RocketChatConfig } from '../../config/rocketchat.config.js';

/** Opens connections to the configured server as the bridge's admin. */
@Injectable()
export class RocketChatConnector {
  constructor(protected readonly config: AppConfig) {}

  /** Close it afterwards. @throws StartupError when the settings do not say where and as whom */
  connect(): RocketChatClient {
    return new RocketChatClient({ ...this.assertConfigured(), ...this.options() });
  }

  /** Where and as whom. @throws StartupError when the settings do not say it */
  assertConfigured(): Pick<RocketChatClientOptions, 'baseUrl' | 'credentials'> {
    const { apiUrl, admin } = this.config.rocketChat;
    if (apiUrl === null) throw new StartupError('There is no Rocket.Chat: set ROCKETCHAT_URL.');
    if (admin === null) {
      throw new StartupError(
        'Set ROCKETCHAT_ADMIN_USER and ROCKETCHAT_ADMIN_PASSWORD (or ROCKETCHAT_ADMIN_ID and ROCKETCHAT_ADMIN_TOKEN) ' +
          'to an admin of Rocket.Chat.',
      );
    }
    return { baseUrl: apiUrl, credentials: admin };
  }

  /** How the client talks; a test brings another clock. */
  protected options(): Partial<RocketChatClientOptions> {
    return {};
  }
}

/**
 * Runs a use case; what Rocket.Chat refuses becomes one sentence for a person.
 * @param address where it is asked: a sentence about the address names its variable
 * @throws StartupError in place of RocketChatError
 */
export async function inWords<T>(
  work: () => Promise<T>,
  address: Pick<RocketChatConfig, 'url' | 'apiUrl'>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isRocketChatError(error)) throw error;
    const { kind, route, errorType, reason, status } = error;
    const facts = [route, status, errorType, reason].filter((fact) => fact !== undefined).join(', ');
    const sentence = SENTENCES[kind].replace(ADDRESS, apiUrlVariable(address));
    throw new StartupError(`${sentence} (${facts})`, { cause: error });
  }
}

/** Stands in the sentences for the variable of the address. */
const ADDRESS = '{address}';
const SENTENCES: Readonly<Record<RocketChatErrorKind, string>> = {
  unreachable: `Rocket.Chat cannot be reached at ${ADDRESS}.`,
  timeout: 'Rocket.Chat did not answer in time.',
  unauthorized: 'Rocket.Chat refused the sign-in of the admin account: look at ROCKETCHAT_ADMIN_USER and its password.',
  forbidden: 'The admin account of ROCKETCHAT_ADMIN_USER lacks a permission in Rocket.Chat.',
  'second-factor':
    'Rocket.Chat asks the admin account for a code that only a person can give: use an account without an authenticator ' +
    'app, with ROCKETCHAT_ADMIN_PASSWORD.',
  'rate-limited': 'Rocket.Chat refused too many calls for too long: run the command again later.',
  'not-found': 'Something that the portal needs is not there in Rocket.Chat, or the admin account may not see it.',
  'already-so': 'Rocket.Chat says that nothing would change, but it is not as wanted.',
  conflict: 'Something else in Rocket.Chat has a name that is needed.',
  invalid: 'Rocket.Chat does not accept a value.',
  refused: 'Rocket.Chat forbids a change.',
  unavailable: 'Rocket.Chat answers, but cannot work.',
  'unexpected-answer': `What answers at ${ADDRESS} is no Rocket.Chat, or something stands in front of it.`,
};

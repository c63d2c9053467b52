import { createHmac, randomInt } from 'node:crypto';
import type { OAuthScope } from '@besedka/contracts';
import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context/request-context.js';
import { AppError } from '../../common/errors/app-error.js';
import { newId } from '../../common/ids.js';
import { AppConfig } from '../../config/app-config.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { AuditService } from '../audit/audit.service.js';
import { deriveKey } from '../auth/keys.js';
import { SessionsService } from '../auth/sessions.service.js';
import type { OAuthClientRecord } from './clients.service.js';
import { DeviceCodesRepository, type WaitingDevice } from './device-codes.repository.js';
import type { GrantRow } from './grants.repository.js';
import { OAuthError } from './oauth-errors.js';
import { SealedTokens } from './sealed-tokens.js';

/** Seconds in which somebody has to type the code. */
const DEVICE_CODE_SECONDS = 600;
/** Seconds between two polls, to begin with; a device that does not wait gets five more each time (RFC 8628 3.5). */
const POLL_SECONDS = 5;
/** Consonants that are not mistaken for each other and make no words (RFC 8628 6.1). 20^8 codes. */
const LETTERS = 'BCDFGHJKLMNPQRSTVWXZ';

/** What a device is told (RFC 8628 3.2). */
export interface DeviceAuthorization {
  readonly deviceCode: string;
  /** As people type it: `BCDF-GHJK`. */
  readonly userCode: string;
  /** Seconds. */
  readonly expiresIn: number;
  readonly interval: number;
}

/** Devices without a browser or a keyboard: they show a code, and somebody types it where they are signed in. */
@Injectable()
export class DeviceCodes {
  private readonly tokens: SealedTokens;
  private readonly userCodeKey: Buffer;

  constructor(
    private readonly repository: DeviceCodesRepository,
    private readonly sessions: SessionsService,
    private readonly unitOfWork: UnitOfWork,
    private readonly audit: AuditService,
    config: AppConfig,
  ) {
    this.tokens = new SealedTokens(config.auth.secret);
    this.userCodeKey = deriveKey(config.auth.secret, 'oauth-user-code');
  }

  /** Begins the waiting. */
  async begin(client: OAuthClientRecord, scopes: readonly OAuthScope[]): Promise<DeviceAuthorization> {
    const id = newId();
    const letters = Array.from({ length: 8 }, () => LETTERS[randomInt(LETTERS.length)] ?? '').join('');
    await this.repository.insert({
      id,
      clientId: client.id,
      userCodeHash: this.hash(letters),
      scopes,
      intervalSeconds: POLL_SECONDS,
      lifeSeconds: DEVICE_CODE_SECONDS,
    });
    return {
      deviceCode: this.tokens.deviceCode(id),
      userCode: `${letters.slice(0, 4)}-${letters.slice(4)}`,
      expiresIn: DEVICE_CODE_SECONDS,
      interval: POLL_SECONDS,
    };
  }

  /** The device that waits with this code. @throws AppError `device_code_unknown` */
  async waiting(userCode: string): Promise<WaitingDevice> {
    const device = await this.repository.waiting(this.hash(userCode));
    if (device === null) throw new AppError('device_code_unknown');
    return device;
  }

  /**
   * Somebody decides. A device that is allowed gets a session of its own: it shows in the list of sessions, and ending it, a new
   * password or a suspension ends its tokens.
   * @throws AppError `device_code_unknown`
   */
  decide(ctx: RequestContext, userId: string, userCode: string, allow: boolean): Promise<void> {
    return this.unitOfWork.run(ctx, async (tx) => {
      const device = await this.repository.lockWaiting(tx, this.hash(userCode));
      if (device === null) throw new AppError('device_code_unknown');
      if (allow) {
        const sessionId = await this.sessions.beginForDevice(ctx, tx, userId, device.clientName);
        await this.repository.decide(tx, device.id, 'allowed', userId, sessionId);
        await this.audit.record(ctx, tx, 'oauth.device.allowed', device.clientId, {
          clientId: device.publicClientId,
          scopes: [...device.scopes],
        });
      } else {
        await this.repository.decide(tx, device.id, 'refused', userId, null);
        await this.audit.record(ctx, tx, 'oauth.device.refused', device.clientId, { clientId: device.publicClientId });
      }
    });
  }

  /**
   * One poll of the device: exchanges an allowed code, once.
   * @throws OAuthError `authorization_pending`, `slow_down`, `access_denied`, `expired_token`, `invalid_grant`
   */
  async use(deviceCode: string, clientId: string, lifeSeconds: number): Promise<GrantRow> {
    const id = this.tokens.readDeviceCode(deviceCode);
    const poll = id === null ? null : await this.repository.poll(id, clientId);
    if (id === null || poll === null || poll.used) {
      throw new OAuthError('invalid_grant', 'The device code is not valid.');
    }
    if (poll.expired) throw new OAuthError('expired_token', 'The device code has expired.');
    if (poll.decision === 'refused') throw new OAuthError('access_denied', 'The person did not allow it.');
    if (poll.tooSoon) throw new OAuthError('slow_down', 'Wait five seconds longer between two polls.');
    if (poll.decision === null) throw new OAuthError('authorization_pending', 'Nobody has decided yet.');
    const grant = await this.repository.exchange(id, newId(), lifeSeconds);
    if (grant === null) throw new OAuthError('invalid_grant', 'The device code is not valid.');
    return grant;
  }

  /** Removes what nobody waits with any more, a bounded number. */
  removeOld(limit: number): Promise<number> {
    return this.repository.removeOld(limit);
  }

  private hash(letters: string): string {
    return createHmac('sha256', this.userCodeKey).update(letters).digest('hex');
  }
}

import type { DoctorReport } from '@besedka/contracts';
import { Injectable } from '@nestjs/common';
import { AppConfig, type BuildInfo } from '../../../config/app-config.js';
import { readBuildInfo } from '../../../config/build-info.js';
import { ChecksService } from '../checks/checks.service.js';
import { RocketChatConnection } from '../rocketchat-connection.js';
import { examine } from './doctor.js';
import { strangerAt } from './rocketchat-checks.js';

/** The doctor inside the server: what it says of this process is certain, and no further sign-in is needed. */
@Injectable()
export class DoctorService {
  /** The files as they were when this process began. */
  private readonly begun: BuildInfo = readBuildInfo(undefined);

  constructor(
    private readonly config: AppConfig,
    private readonly connection: RocketChatConnection,
    private readonly checks: ChecksService,
  ) {}

  async examine(): Promise<DoctorReport> {
    const { apiUrl } = this.config.rocketChat;
    const stranger = apiUrl === null ? null : strangerAt(apiUrl);
    const now = readBuildInfo(undefined);
    const isSame = now.commit === this.begun.commit && now.version === this.begun.version;
    try {
      return await examine({
        config: this.config,
        files: isSame ? this.config.build : now,
        running: this.config.build,
        stranger,
        admin: this.connection.isConfigured ? this.connection.client : null,
        // Whoever asks for a look gets one; the route limits how often.
        observe: () => this.checks.observations(0),
        databaseTrouble: null,
      });
    } finally {
      stranger?.close();
    }
  }
}

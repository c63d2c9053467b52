import type { DoctorReport } from '@besedka/contracts';
import { RocketChatClient } from '@besedka/rocketchat';
import type { INestApplicationContext } from '@nestjs/common';
import { isDatabaseUnavailable } from '../common/errors/database-errors.js';
import type { AppConfig } from '../config/app-config.js';
import { StartupError } from '../config/config-error.js';
import type { Observations } from '../modules/rocketchat-bridge/checks/observations.js';
import { Observer } from '../modules/rocketchat-bridge/checks/observer.js';
import { examine } from '../modules/rocketchat-bridge/doctor/doctor.js';
import { doctorText } from '../modules/rocketchat-bridge/doctor/doctor-words.js';
import { reportOf, wrong } from '../modules/rocketchat-bridge/doctor/lines.js';
import { PATIENCE_MS } from '../modules/rocketchat-bridge/doctor/patient.js';
import { IMPATIENT, strangerAt } from '../modules/rocketchat-bridge/doctor/rocketchat-checks.js';
import { openContext } from './cli-context.js';
import type { CommandOptions, CommandResult } from './commands.js';
import { EXIT_DIFFERENCES } from './exit-codes.js';

/**
 * `doctor`: works without the server and without the database, since it is called when they fail. Ends with 2 when a line is wrong;
 * warnings alone end with 0.
 * @param load reads the settings; @throws StartupError, which is a line of its own
 */
export async function callDoctor(load: () => AppConfig, options: CommandOptions): Promise<CommandResult> {
  const report = await reportOn(load, options);
  return { facts: report, text: doctorText(report), exitCode: report.state === 'wrong' ? EXIT_DIFFERENCES : 0 };
}

async function reportOn(load: () => AppConfig, options: CommandOptions): Promise<DoctorReport> {
  let config: AppConfig;
  try {
    config = load();
  } catch (error) {
    if (!(error instanceof StartupError)) throw error;
    return reportOf([wrong('settings_wrong', { why: error.message })]);
  }
  const { apiUrl, admin } = config.rocketChat;
  const stranger = apiUrl === null ? null : strangerAt(apiUrl);
  const account =
    apiUrl === null || admin === null
      ? null
      : new RocketChatClient({ baseUrl: apiUrl, credentials: admin, ...IMPATIENT });
  const trouble = options['without-database'];
  try {
    const report = await examine({
      config,
      files: config.build,
      running: null,
      stranger,
      admin: account,
      observe: () => observed(config),
      databaseTrouble: typeof trouble === 'string' ? trouble : null,
    });
    // A session that was opened for one look is not left behind; a token that was given stays.
    const isSignedIn = report.lines.some(({ check, state }) => check === 'admin-account' && state === 'ok');
    if (isSignedIn && admin?.kind === 'password') {
      await account?.auth.logout({ timeoutMs: PATIENCE_MS }).catch(() => undefined);
    }
    return report;
  } finally {
    stranger?.close();
    account?.close();
  }
}

/** What the server's diagnostics see; they need its services and tables. Null: these went away meanwhile. */
async function observed(config: AppConfig): Promise<Observations | null> {
  let app: INestApplicationContext | null = null;
  try {
    app = await openContext(config);
    return await app.get(Observer).observe();
  } catch (error) {
    if (isDatabaseUnavailable(error)) return null;
    throw error;
  } finally {
    if (config.rocketChat.admin?.kind === 'password') {
      await app
        ?.get(Observer)
        .adminClient()
        ?.auth.logout({ timeoutMs: PATIENCE_MS })
        .catch(() => undefined);
    }
    await app?.close();
  }
}

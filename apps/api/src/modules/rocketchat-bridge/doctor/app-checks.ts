import { type DoctorLine, type VersionInfo, versionInfo } from '@besedka/contracts';
import type { AppConfig, BuildInfo } from '../../../config/app-config.js';
import { type Facts, off, ok, warning, wrong } from './lines.js';
import { PATIENCE_MS, type Patient } from './patient.js';

/** F22: what runs is what lies there. */
export async function checkApp({ config, files, running }: Patient): Promise<DoctorLine> {
  if (running !== null) return compared(running, files, restart(config));
  const address = addressHere(config);
  if (address === null) return off('app');
  const answer = await versionAt(address);
  if (answer === 'unreachable') return wrong('app_not_running', { address }, restart(config));
  if (answer === 'something-else') return wrong('app_not_besedka', { address });
  return compared(answer, files, restart(config), { address });
}

/** F22 at the address that people use: an old process behind a proxy serves old code, whatever runs here. */
export async function checkPublicAddress({ config, files }: Patient): Promise<DoctorLine | null> {
  const address = config.http.publicUrl;
  // Asked already: without PUBLIC_URL people use the server's own address.
  if (!config.http.publicUrlGiven || address === addressHere(config)) return null;
  const answer = await versionAt(address);
  // People may reach what this machine cannot: a name that only their network knows.
  if (answer === 'unreachable') return warning('public_unreachable', { address });
  if (answer === 'something-else') return wrong('public_not_besedka', { address });
  if (isOther(answer, files)) return wrong('public_other_build', { address, ...builds(answer, files) });
  return ok('public-address', { address });
}

function compared(running: BuildInfo, files: BuildInfo, command: string | null, facts: Facts = {}): DoctorLine {
  if (isOther(running, files)) return wrong('app_other_build', { ...facts, ...builds(running, files) }, command);
  return ok('app', { ...facts, version: running.version, commit: short(running.commit) });
}

function isOther(running: BuildInfo, files: BuildInfo): boolean {
  const isKnown = running.commit !== 'unknown' && files.commit !== 'unknown';
  return running.version !== files.version || (isKnown && running.commit !== files.commit);
}

const builds = (running: BuildInfo, files: BuildInfo): Facts => ({
  running: `${running.version} (${short(running.commit)})`,
  files: `${files.version} (${short(files.commit)})`,
});
const short = (commit: string): string => (commit === 'unknown' ? commit : commit.slice(0, 10));

/** How a local portal is started again; others are run in ways that we do not know. */
const restart = ({ mode }: AppConfig): string | null => (mode === 'local' ? 'npm start' : null);

/** The server's own address on this machine; null: the system chooses the port. */
function addressHere({ http: { host, port } }: AppConfig): string | null {
  if (port === 0) return null;
  const everywhere = host === '0.0.0.0' || host === '::';
  const name = everywhere ? '127.0.0.1' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}

async function versionAt(address: string): Promise<VersionInfo | 'unreachable' | 'something-else'> {
  try {
    const response = await fetch(`${address}/version`, {
      redirect: 'manual',
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const answer = versionInfo.safeParse(await response.json().catch(() => null));
    return answer.success ? answer.data : 'something-else';
  } catch {
    return 'unreachable';
  }
}

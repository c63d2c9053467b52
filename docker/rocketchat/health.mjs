/**
 * The health check of a Rocket.Chat container: `node health.mjs <pid of the server> <marker>`. Ends with 0 when the server can work.
 *
 * It also closes the set-up wizard (F04). A workspace that is not registered with the maker's cloud gets it back at every change of
 * version, the first start included, and a plain restart closes it again (contract 4). So the server is ended once, and the container's
 * restart policy starts it. The marker lies in the container: a new one, as an upgrade makes, may restart once more, and a wizard that
 * stays open for another reason does not end in a circle.
 */
import { existsSync, writeFileSync } from 'node:fs';

const [pid = '', marker = ''] = process.argv.slice(2);
const root = `http://127.0.0.1:${process.env.PORT ?? 3000}`;

/** @param {string} path */
const ask = (path) => fetch(root + path, { signal: AbortSignal.timeout(3_000) });

/** @returns {Promise<unknown>} null when the server does not say */
async function wizard() {
  const answer = await ask('/api/v1/settings.public?_id=Show_Setup_Wizard');
  if (!answer.ok) return null;
  const { settings } = /** @type {{ settings?: { value?: unknown }[] }} */ (await answer.json());
  return settings?.[0]?.value ?? null;
}

/** @returns {Promise<string | null>} what is wrong */
async function trouble() {
  const ready = await ask('/readyz');
  if (!ready.ok) return `not ready: ${ready.status}`;
  const open = await wizard();
  if (open === null || open === 'completed') return null;
  if (existsSync(marker)) {
    console.log(`the set-up wizard is open (${open}) although the server was restarted`);
    return null;
  }
  writeFileSync(marker, '');
  process.kill(Number(pid), 'SIGTERM');
  return `the set-up wizard was open (${open}): restarting the server closes it`;
}

const wrong = await trouble().catch((error) => `no answer: ${error.cause?.code ?? error.name}`);
if (wrong !== null) {
  console.log(wrong);
  process.exitCode = 1;
}

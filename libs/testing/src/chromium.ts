import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { chromium, type Browser, type LaunchOptions } from 'playwright-core';
import { packagedChromium } from './packaged-chromium.js';

/** A Chromium that can be started, with what its build needs beyond the common flags. */
export interface ChromiumBuild {
  /** Absolute path of the program. */
  readonly executablePath: string;
  /** Where it was found, for messages. */
  readonly source: 'CHROMIUM_PATH' | 'installed' | 'package';
  /** Additional command-line flags of this build. */
  readonly args: readonly string[];
  /** Additional environment variables of this build. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Nothing but the application under test may be contacted: the browser's own services are off, and every name except
 * this machine's resolves to nothing.
 */
const QUIET_FLAGS: readonly string[] = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-domain-reliability',
  '--disable-default-apps',
  '--no-first-run',
  '--no-default-browser-check',
  '--no-pings',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--font-render-hinting=none',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1',
];

/**
 * Starts a headless Chromium for browser tests.
 *
 * @param options playwright's launch options; `args` are added to ours
 * @throws when `CHROMIUM_PATH` points nowhere, or when no Chromium can be had on this machine
 */
export async function launchChromium(options: LaunchOptions = {}): Promise<Browser> {
  const build = await findChromium();
  return chromium.launch({
    headless: true,
    ...options,
    executablePath: build.executablePath,
    // Chromium refuses its sandbox as root, and containers rarely allow it to ordinary users either.
    chromiumSandbox: false,
    args: [...QUIET_FLAGS, ...build.args, ...(options.args ?? [])],
    env: { ...process.env, ...build.env, ...options.env },
  });
}

/**
 * Finds a Chromium: `CHROMIUM_PATH`, else the build that comes with the npm package `@sparticuz/chromium` (Linux), which is the same
 * version with the same fonts everywhere, else one installed on the usual paths of this operating system.
 */
export async function findChromium(env: NodeJS.ProcessEnv = process.env): Promise<ChromiumBuild> {
  if (env.CHROMIUM_PATH) {
    if (!existsSync(env.CHROMIUM_PATH)) throw new Error(`CHROMIUM_PATH points to ${env.CHROMIUM_PATH}: no such file`);
    return { executablePath: env.CHROMIUM_PATH, source: 'CHROMIUM_PATH', args: [], env: {} };
  }
  try {
    return await packagedChromium();
  } catch (cause) {
    const installed = installedPaths(process.platform, env).find((path) => existsSync(path));
    if (installed) return { executablePath: installed, source: 'installed', args: [], env: {} };
    throw new Error('No Chromium found: install Chromium or Chrome, or set CHROMIUM_PATH to its program', { cause });
  }
}

/** Where Chromium and Chrome usually live, most wanted first. */
export function installedPaths(platform: NodeJS.Platform, env: NodeJS.ProcessEnv): string[] {
  switch (platform) {
    case 'win32':
      return [env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA]
        .filter((base) => base !== undefined)
        .flatMap((base) => [
          join(base, 'Chromium', 'Application', 'chrome.exe'),
          join(base, 'Google', 'Chrome', 'Application', 'chrome.exe'),
          join(base, 'Microsoft', 'Edge', 'Application', 'msedge.exe'),
        ]);
    case 'darwin':
      return ['/Applications', join(homedir(), 'Applications')].flatMap((base) => [
        join(base, 'Chromium.app/Contents/MacOS/Chromium'),
        join(base, 'Google Chrome.app/Contents/MacOS/Google Chrome'),
        join(base, 'Microsoft Edge.app/Contents/MacOS/Microsoft Edge'),
      ]);
    default: {
      const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
      const folders = [...(env.PATH ?? '').split(delimiter).filter(Boolean), '/usr/bin', '/usr/local/bin'];
      return [...names.flatMap((name) => folders.map((folder) => join(folder, name))), '/opt/google/chrome/chrome'];
    }
  }
}

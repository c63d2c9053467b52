import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import vm from 'node:vm';
import { parse } from 'yaml';
import { ENV_NAMES, loadConfig } from '../apps/api/src/config/load-config.js';
import { ROOT } from '../scripts/lib/tools.mjs';

/**
 * @typedef {object} Service
 * @property {string} [image]
 * @property {{ dockerfile: string, args: Record<string, string> }} [build]
 * @property {string[]} [entrypoint]
 * @property {Record<string, string>} [environment]
 * @property {string[]} [ports]
 * @property {string[]} [volumes]
 * @property {string[]} [tmpfs]
 * @property {Record<string, { condition: string }>} [depends_on]
 * @property {{ test: string[] }} [healthcheck]
 * @property {boolean} [init]
 * @property {string} restart
 */

/** @param {string} path */
const read = (path) => readFileSync(join(ROOT, path), 'utf8');

describe('docker-compose.local.yml', () => {
  const source = read('docker-compose.local.yml');
  /** @type {{ services: Record<string, Service>, volumes: Record<string, unknown> }} */
  const { services, volumes } = parse(interpolated(source));
  const all = Object.entries(services);
  /** @param {string} name */
  const service = (name) => /** @type {Service} */ (services[name]);
  /** @param {string} name */
  const environment = (name) => service(name).environment ?? {};

  it('offers the ports that people know, to this machine only', () => {
    const ports = all.flatMap(([, { ports = [] }]) => ports).sort();
    const known = [3000, 5432, 6379, 8001, 8025, 27017];
    expect(ports).toEqual(known.map((port) => `127.0.0.1:${port}:${port}`).sort());
  });

  it('starts each service when what it needs is healthy, and the portal without waiting for Rocket.Chat', () => {
    const needs = Object.fromEntries(
      all.map(([name, { depends_on = {} }]) => [
        name,
        Object.fromEntries(Object.entries(depends_on).map(([other, { condition }]) => [other, condition])),
      ]),
    );
    expect(needs).toEqual({
      postgres: {},
      redis: {},
      mail: {},
      mongo: {},
      'mongo-setup': { mongo: 'service_started' },
      rocketchat: {
        mongo: 'service_healthy',
        'mongo-setup': 'service_completed_successfully',
        mail: 'service_healthy',
      },
      app: { postgres: 'service_healthy', mail: 'service_healthy' },
    });
    for (const [name, { healthcheck, build }] of all) {
      // The image of the portal brings its own.
      if (name !== 'mongo-setup' && !build) expect([name, healthcheck?.test[0]]).toEqual([name, 'CMD']);
    }
  });

  it('names a version of every image: PostgreSQL 18, MongoDB 8.0, and an exact Rocket.Chat 8.9', () => {
    for (const [, { image }] of all) if (image) expect(image).toMatch(/:v?\d+[\w.-]*$/);
    expect(service('postgres').image).toMatch(/^postgres:18/);
    expect(service('mongo').image).toMatch(/^mongo:8\.0/);
    expect(service('mongo-setup').image).toBe(service('mongo').image);
    expect(service('rocketchat').image).toMatch(/\/rocket\.chat:8\.9\.\d+$/);
  });

  it('F05 keeps data in named volumes, wherever an image keeps any', () => {
    /** Folders that the images declare as volumes: without a name they are lost with the container. */
    const declared = {
      postgres: ['/var/lib/postgresql'],
      redis: ['/data'],
      mongo: ['/data/configdb', '/data/db'],
      rocketchat: ['/app/uploads'],
      app: ['/data'],
    };
    const mounts = all.flatMap(([name, { volumes: list = [] }]) => list.map((mount) => [name, ...mount.split(':')]));
    const named = mounts.filter(([, from]) => !from?.startsWith('./'));
    expect(named.map(([, volume]) => volume).sort()).toEqual(Object.keys(volumes).sort());
    for (const [name, folders] of Object.entries(declared)) {
      expect(named.filter(([who]) => who === name).map(([, , folder]) => folder)).toEqual(
        expect.arrayContaining(folders),
      );
    }
    expect(service('mongo-setup').tmpfs).toEqual(expect.arrayContaining(declared.mongo));
  });

  it('mounts files that are there, and lets no container change them', () => {
    const files = all.flatMap(([, { volumes: list = [] }]) => list).filter((mount) => mount.startsWith('./'));
    expect(files).toHaveLength(2);
    for (const [path = '', , mode = ''] of files.map((mount) => mount.split(':'))) {
      expect(existsSync(join(ROOT, path))).toBe(true);
      expect(mode.split(',')).toContain('ro');
    }
  });

  it('comes back after a crash; what ends by itself does not', () => {
    for (const [name, { restart }] of all) {
      expect([name, restart]).toEqual([name, name === 'mongo-setup' ? 'on-failure' : 'unless-stopped']);
    }
  });

  it('says that its passwords are for local use only, and lets everyone of them be given', () => {
    expect(source).toMatch(/EVERY PASSWORD AND SECRET BELOW IS PUBLISHED HERE: LOCAL USE ONLY/);
    const given = { ...PASSWORDS };
    const again = JSON.stringify(parse(interpolated(source, given)).services);
    for (const password of Object.values(given)) expect(again).toContain(password);
    for (const published of source.matchAll(/:-([^}]+)\}/g)) expect(again).not.toContain(published[1]);
  });

  describe('the replica set (F06)', () => {
    it('F06 is initiated by a service that ends, at the name by which Rocket.Chat asks for it', () => {
      expect(service('mongo').entrypoint?.at(-1)).toContain('mongod --replSet rs0 --keyFile');
      expect(service('mongo-setup').entrypoint).toEqual([
        'mongosh',
        '--quiet',
        '--norc',
        '--nodb',
        '/besedka/set-up.js',
      ]);
      const url = new URL(environment('rocketchat')['MONGO_URL'] ?? '');
      expect([url.host, url.pathname, url.searchParams.get('replicaSet')]).toEqual([
        'mongo:27017',
        '/rocketchat',
        'rs0',
      ]);
    });

    /** @param {object} hello answer of the server */
    const health = (hello) => {
      let code;
      const quit = (/** @type {number} */ given) => (code = given);
      vm.runInNewContext(service('mongo').healthcheck?.test.at(-1) ?? '', { db: { hello: () => hello }, quit });
      return code;
    };

    it('F06 is healthy with a primary and in no other state', () => {
      expect(health({ setName: 'rs0', isWritablePrimary: true })).toBe(0);
      expect(health({ setName: 'rs0', isWritablePrimary: false, secondary: true })).toBe(1);
      // Not initiated; and the server that prepares a new volume, which has no set.
      expect(health({ isWritablePrimary: false, isreplicaset: true })).toBe(1);
      expect(health({ isWritablePrimary: true })).toBe(1);
    });
  });

  describe('the environment of Rocket.Chat', () => {
    const env = environment('rocketchat');

    it("has only names of the contract (1.2, 4, 8, 11), and Meteor's own for mail", () => {
      expect(Object.keys(env).sort()).toEqual(
        [
          'ADMIN_EMAIL',
          'ADMIN_EMAIL_VERIFIED',
          'ADMIN_NAME',
          'ADMIN_PASS',
          'ADMIN_USERNAME',
          'CREATE_TOKENS_FOR_USERS_SECRET',
          'EVENT_LOOP_LAG_MS',
          'HEAP_USAGE_PERCENT',
          'MAIL_URL',
          'MONGO_URL',
          'OVERWRITE_SETTING_Show_Setup_Wizard',
          'PORT',
          'ROOT_URL',
          'SSRF_Allowlist',
        ].sort(),
      );
    });

    it('makes the admin of the bridge, closes the wizard (F04) and switches nothing off', () => {
      expect(env).toMatchObject({
        ADMIN_USERNAME: 'besedka.bridge',
        ADMIN_EMAIL_VERIFIED: 'true',
        OVERWRITE_SETTING_Show_Setup_Wizard: 'completed',
      });
      expect(JSON.stringify(env)).not.toMatch(/TEST_MODE|TwoFactor/);
      expect(Number(env['EVENT_LOOP_LAG_MS'])).toBeGreaterThan(70);
      expect(Number(env['HEAP_USAGE_PERCENT'])).toBeGreaterThan(0.85);
    });

    it('names no proxy, because none stands here: everybody is told apart by their own address', () => {
      expect(env).not.toHaveProperty('HTTP_FORWARDED_COUNT');
    });

    it('F04 looks for the wizard in its health check, with a process 1 that passes the signal on', () => {
      expect(service('rocketchat').healthcheck?.test.slice(0, 4)).toEqual(['CMD', 'node', '/besedka/health.mjs', '1']);
      expect(service('rocketchat')).toMatchObject({ init: true, restart: 'unless-stopped' });
    });
  });

  describe('the environment of the portal', () => {
    const env = environment('app');
    const config = loadConfig({
      ...env,
      AUTH_SECRET: 'kP3vXq7LZtB9wYs2NfHc6RjDm4GaUe8T',
      BESEDKA_DATA_DIR: ROOT,
    });

    it('is accepted by the settings, and every variable is one that the server reads', () => {
      expect(Object.keys(env).filter((name) => !ENV_NAMES.includes(name))).toEqual([]);
      expect(config.mode).toBe('local');
    });

    it('connects it to its neighbours by their names, with the passwords that those were given', () => {
      const { POSTGRES_PASSWORD } = environment('postgres');
      expect(config.database.url).toBe(`postgres://besedka:${POSTGRES_PASSWORD}@postgres:5432/besedka`);
      expect(config.mail.smtpUrl).toBe('smtp://mail:1025');
      const { ADMIN_USERNAME: user, ADMIN_PASS: password, PORT, ROOT_URL } = environment('rocketchat');
      expect(config.rocketChat).toMatchObject({
        url: ROOT_URL,
        apiUrl: `http://rocketchat:${PORT}`,
        portalUrl: 'http://app:8001',
        admin: { kind: 'password', user, password },
        tokenSecret: environment('rocketchat')['CREATE_TOKENS_FOR_USERS_SECRET'],
      });
      const mongo = new URL(config.rocketChat.mongoUrl ?? '');
      expect([mongo.username, mongo.password]).toEqual([
        'besedka_reader',
        environment('mongo-setup')['MONGO_READER_PASSWORD'],
      ]);
      const its = new URL(environment('rocketchat')['MONGO_URL'] ?? '');
      expect([mongo.host, mongo.pathname, mongo.search]).toEqual([its.host, its.pathname, its.search]);
      for (const { hostname } of [new URL(config.rocketChat.apiUrl ?? ''), new URL(config.database.url)]) {
        expect(Object.keys(services)).toContain(hostname);
      }
    });

    it('lets it set Rocket.Chat up by itself, at addresses that a browser takes for one site', () => {
      expect(config.rocketChat.autoApply).toBe(true);
      expect(new URL(config.rocketChat.url ?? '').hostname).toBe(new URL(config.http.publicUrl).hostname);
    });
  });
});

/** Passwords that are given in place of the published ones. */
const PASSWORDS = {
  POSTGRES_PASSWORD: 'given-postgres',
  MONGO_ROOT_PASSWORD: 'given-root',
  MONGO_ROCKETCHAT_PASSWORD: 'given-rocketchat',
  MONGO_READER_PASSWORD: 'given-reader',
  ROCKETCHAT_ADMIN_PASSWORD: 'given-admin',
  ROCKETCHAT_TOKEN_SECRET: 'given-token-secret',
};

/**
 * What compose makes of `${NAME:-fallback}`; any other form is none of ours.
 *
 * @param {string} text
 * @param {Record<string, string>} [given]
 */
function interpolated(text, given = {}) {
  const result = text.replace(/\$\{(\w+):-([^}]*)\}/g, (_, name, fallback) => given[name] || fallback);
  expect(result).not.toContain('${');
  return result;
}

describe('docker/Dockerfile', () => {
  const text = read('docker/Dockerfile');
  const stages = text.split(/^FROM /m).slice(1);
  const runtime = stages.at(-1) ?? '';

  it('runs as an ordinary user, asks its own readiness, and starts without npm', () => {
    expect(runtime).toMatch(/^USER node$/m);
    expect(runtime).toMatch(/^HEALTHCHECK [\s\S]+\/readyz/m);
    expect(runtime).toMatch(/^CMD \["node", "apps\/api\/dist\/main\.js"\]$/m);
    expect(runtime).not.toMatch(/^RUN (?!rm -rf .*\/npm).*\bnpm\b/m);
  });

  it('is production unless told otherwise', () => {
    expect(runtime).toMatch(/BESEDKA_MODE=production/);
  });

  it('copies only what exists and is not kept out', () => {
    const copied = [...text.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, paths]) => (paths ?? '').split(' '));
    expect(copied.length).toBeGreaterThan(5);
    const there = (/** @type {string} */ path) => existsSync(join(ROOT, path.includes('*') ? dirname(path) : path));
    expect(copied.filter((path) => !there(path))).toEqual([]);
  });

  it('knows every workspace, or npm would not find the lock file in step', () => {
    /** @type {{ packages: Record<string, { link?: boolean, resolved?: string }> }} */
    const { packages } = JSON.parse(read('package-lock.json'));
    const workspaces = Object.values(packages).flatMap(({ link, resolved }) => (link && resolved ? [resolved] : []));
    for (const folder of workspaces) expect(text).toContain(`COPY ${folder}/package.json ${folder}/`);
  });
});

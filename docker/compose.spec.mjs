import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { ROOT } from '../scripts/lib/tools.mjs';

/**
 * @typedef {object} Service
 * @property {string} [image]
 * @property {{ dockerfile: string }} [build]
 * @property {Record<string, string>} [environment]
 * @property {string[]} ports
 * @property {string[]} [volumes]
 * @property {Record<string, { condition: string }>} [depends_on]
 * @property {{ test: string[] }} [healthcheck]
 */

/** @param {string} path */
const read = (path) => readFileSync(join(ROOT, path), 'utf8');

describe('docker-compose.local.yml', () => {
  /** @type {{ services: Record<string, Service>, volumes: Record<string, unknown> }} */
  const { services, volumes } = parse(read('docker-compose.local.yml'));
  const all = Object.entries(services);

  it('offers the ports that people know, to this machine only', () => {
    const ports = all.flatMap(([, service]) => service.ports).sort();
    expect(ports).toEqual(['127.0.0.1:5432:5432', '127.0.0.1:8001:8001', '127.0.0.1:8025:8025']);
  });

  it('starts the portal when what it needs is healthy', () => {
    const needs = Object.entries(services.app?.depends_on ?? {});
    expect(needs.map(([name]) => name).sort()).toEqual(['mail', 'postgres']);
    for (const [name, { condition }] of needs) {
      expect(condition).toBe('service_healthy');
      expect(services[name]?.healthcheck?.test[0]).toBe('CMD');
    }
  });

  it('names a version of every image, and PostgreSQL 18', () => {
    for (const [, { image }] of all) if (image) expect(image).toMatch(/:v?\d+[\w.-]*$/);
    expect(services.postgres?.image).toMatch(/^postgres:18/);
  });

  it('keeps data in named volumes (F05)', () => {
    const mounted = all.flatMap(([, service]) => service.volumes ?? []).map((mount) => mount.split(':'));
    expect(mounted.map(([name]) => name).sort()).toEqual(Object.keys(volumes).sort());
    expect(mounted).toContainEqual(['postgres-data', '/var/lib/postgresql']);
    expect(mounted).toContainEqual(['app-data', '/data']);
  });

  it('connects the portal to its neighbours by their names and with one password', () => {
    const environment = services.app?.environment ?? {};
    expect(environment.DATABASE_URL).toBe(
      `postgres://besedka:${services.postgres?.environment?.POSTGRES_PASSWORD}@postgres:5432/besedka`,
    );
    expect(environment.SMTP_URL).toBe('smtp://mail:1025');
    expect(environment.BESEDKA_MODE).toBe('local');
  });
});

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
    expect(copied.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  it('knows every workspace, or npm would not find the lock file in step', () => {
    /** @type {{ packages: Record<string, { link?: boolean, resolved?: string }> }} */
    const { packages } = JSON.parse(read('package-lock.json'));
    const workspaces = Object.values(packages).flatMap(({ link, resolved }) => (link && resolved ? [resolved] : []));
    for (const folder of workspaces) expect(text).toContain(`COPY ${folder}/package.json ${folder}/`);
  });
});

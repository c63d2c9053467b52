import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ENV_NAMES, loadConfig } from '../../apps/api/src/config/load-config.js';
import { ROOT } from '../../scripts/lib/tools.mjs';

/** @param {string} path */
const read = (path) => readFileSync(join(ROOT, path), 'utf8');

const PORTAL = 'portal.example.org';
const CHAT = 'chat.example.org';
const FRAMING = `frame-ancestors 'self' https://${PORTAL}`;

/**
 * A directive with its words, and what stands in its braces.
 *
 * @typedef {{ words: string[], block: Directive[] }} Directive
 */

/**
 * Both files are words, quoted words and braces; a directive ends with its block, with `;` (nginx) or with its line (Caddy).
 *
 * @param {string} text
 * @param {RegExp} end
 * @returns {Directive[]}
 */
function parse(text, end) {
  const tokens = text.replace(/^\s*#.*$/gm, '').match(/"[^"]*"|'[^']*'|[{};\n]|[^\s{};]+/g) ?? [];
  /** @type {Directive[]} */
  const root = [];
  const open = [root];
  /** @type {string[]} */
  let words = [];
  const close = () => {
    if (words.length > 0) open.at(-1)?.push({ words, block: [] });
    words = [];
  };
  for (const token of tokens) {
    if (token === '{') {
      const directive = { words, block: [] };
      open.at(-1)?.push(directive);
      open.push(directive.block);
      words = [];
    } else if (token === '}') {
      close();
      open.pop();
    } else if (end.test(token)) close();
    else if (token !== '\n') words.push(token.replace(/^(["'])(.*)\1$/s, '$2'));
  }
  expect(open).toEqual([root]);
  return root;
}

/** @param {Directive[]} block @param {string} name @returns {string[][]} the words after it */
const all = (block, name) => block.filter(({ words }) => words[0] === name).map(({ words }) => words.slice(1));

describe('docker/proxy/nginx.conf', () => {
  const tree = parse(read('docker/proxy/nginx.conf'), /^;$/);
  const servers = tree.filter(({ words }) => words[0] === 'server').map(({ block }) => block);
  /** @param {string} name */
  const secure = (name) => {
    const found = servers.filter(
      (block) =>
        all(block, 'server_name').flat().includes(name) && all(block, 'listen').every((words) => words.includes('ssl')),
    );
    expect(found).toHaveLength(1);
    return /** @type {Directive[]} */ (found[0]);
  };
  /** @param {string} name */
  const location = (name) => secure(name).find(({ words }) => words.join(' ') === 'location /')?.block ?? [];

  it('leads plain http to https', () => {
    const [plain] = servers.filter((block) => all(block, 'listen').some((words) => words.includes('80')));
    expect(
      all(plain ?? [], 'server_name')
        .flat()
        .sort(),
    ).toEqual([CHAT, PORTAL]);
    expect(all(plain ?? [], 'return')).toEqual([['301', 'https://$host$request_uri']]);
  });

  it.each([
    [PORTAL, 'http://127.0.0.1:8001'],
    [CHAT, 'http://127.0.0.1:3000'],
  ])('serves %s over TLS, passes WebSockets on and writes the forwarded headers anew', (name, target) => {
    expect(all(secure(name), 'ssl_certificate')).toHaveLength(1);
    const block = location(name);
    expect(all(block, 'proxy_pass')).toEqual([[target]]);
    expect(all(block, 'proxy_http_version')).toEqual([['1.1']]);
    expect(Object.fromEntries(all(block, 'proxy_set_header'))).toEqual({
      Host: '$host',
      'X-Forwarded-For': '$remote_addr',
      'X-Forwarded-Proto': '$scheme',
      'X-Forwarded-Host': '$host',
      Upgrade: '$http_upgrade',
      Connection: '$besedka_connection',
    });
    const map = tree.find(({ words }) => words.join(' ') === 'map $http_upgrade $besedka_connection');
    expect(map?.block.map(({ words }) => words)).toEqual([
      ['default', 'upgrade'],
      ['', ''],
    ]);
  });

  it('lets the portal frame the chat, and leaves the policy of the portal as it is (F09)', () => {
    expect(all(location(CHAT), 'proxy_hide_header')).toEqual([['X-Frame-Options']]);
    expect(all(location(CHAT), 'add_header')).toEqual([['Content-Security-Policy', FRAMING, 'always']]);
    expect([...all(location(PORTAL), 'add_header'), ...all(location(PORTAL), 'proxy_hide_header')]).toEqual([]);
  });
});

describe('docker/proxy/Caddyfile', () => {
  const sites = new Map(
    parse(read('docker/proxy/Caddyfile'), /^\n$/).map(({ words, block }) => [words.join(' '), block]),
  );
  /** @param {string} name */
  const proxy = (name) => sites.get(name)?.find(({ words }) => words[0] === 'reverse_proxy');

  it('serves both names, with certificates and WebSockets as Caddy does by itself', () => {
    expect([...sites.keys()]).toEqual([PORTAL, CHAT]);
    expect(proxy(PORTAL)?.words).toEqual(['reverse_proxy', '127.0.0.1:8001']);
    expect(proxy(CHAT)?.words).toEqual(['reverse_proxy', '127.0.0.1:3000']);
    // Trusting nobody in front, it writes the forwarded headers anew.
    expect(read('docker/proxy/Caddyfile')).not.toMatch(/trusted_proxies|header_up/);
  });

  it('lets the portal frame the chat, and leaves the policy of the portal as it is (F09)', () => {
    expect(all(proxy(CHAT)?.block ?? [], 'header_down')).toEqual([
      ['-X-Frame-Options'],
      ['+Content-Security-Policy', FRAMING],
    ]);
    expect(proxy(PORTAL)?.block).toEqual([]);
  });
});

describe('docs/deploy.md', () => {
  const page = read('docs/deploy.md');
  const [portal = {}, rocketChat = {}] = [...page.matchAll(/```env\n([\s\S]*?)```/g)].map(([, text = '']) =>
    Object.fromEntries(
      text
        .trim()
        .split('\n')
        .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    ),
  );

  it('shows settings of the portal that a start in production accepts, for one proxy in front', () => {
    expect(Object.keys(portal).filter((name) => !ENV_NAMES.includes(name))).toEqual([]);
    const config = loadConfig({
      ...portal,
      AUTH_SECRET: 'kP3vXq7LZtB9wYs2NfHc6RjDm4GaUe8T',
      BESEDKA_DATA_DIR: ROOT,
    });
    expect(config).toMatchObject({
      mode: 'production',
      http: { publicUrl: `https://${PORTAL}`, trustedProxies: 1 },
      rocketChat: { url: `https://${CHAT}`, autoApply: false },
    });
  });

  it('shows the environment of Rocket.Chat for the same addresses, the same admin and the same proxy', () => {
    expect(rocketChat).toMatchObject({
      ROOT_URL: portal['ROCKETCHAT_URL'],
      ADMIN_USERNAME: portal['ROCKETCHAT_ADMIN_USER'],
      OVERWRITE_SETTING_Show_Setup_Wizard: 'completed',
      HTTP_FORWARDED_COUNT: portal['TRUSTED_PROXIES'],
    });
    expect(new URL(rocketChat['MONGO_URL'] ?? '').searchParams.get('replicaSet')).toBe('rs0');
  });

  it('puts both names below one domain, as the proxies do', () => {
    const [one, other] = [portal['PUBLIC_URL'], portal['ROCKETCHAT_URL']].map((url) => new URL(url ?? '').hostname);
    expect([one, other]).toEqual([PORTAL, CHAT]);
    expect(one?.split('.').slice(1)).toEqual(other?.split('.').slice(1));
    for (const file of ['nginx.conf', 'Caddyfile']) expect(page).toContain(`(../docker/proxy/${file})`);
  });
});

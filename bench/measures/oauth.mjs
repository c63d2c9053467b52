import http from 'node:http';
import { createPeople } from '../lib/people.mjs';
import { startOidcProvider } from '../lib/processes.mjs';
import { round, seconds } from '../lib/numbers.mjs';

/** In turns, so that what else the machine does hits all alike. */
const ROUNDS = 3;
const SECONDS = 4;
const IN_FLIGHT = 16;
/** What django-oauth-toolkit behind Daphne on PostgreSQL does with the same chain on a machine of two cores. */
const PREDECESSOR_PER_SECOND = 55;
const COUNTED_CHAINS = 100;
/** The part of what oidc-provider does without any database that we aim at with one. */
const PART_OF_PEER = 0.5;

/** The client that local mode begins with. */
const CLIENT = {
  id: 'BesedkaRocketChat2025',
  secret: 'SecureSecretKey2025BesedkaRocketChatSSO',
  redirectUri: 'http://127.0.0.1:3000/_oauth/besedka',
};

/** As a chat server signs people in: plain OAuth 2. */
const AS_CHAT = { authorize: '/o/authorize/', token: '/o/token/', identity: '/api/v1/auth/rocket/', scope: 'read' };
/** With an id token, which has to be signed. */
const AS_OPENID = { ...AS_CHAT, identity: '/o/userinfo/', scope: 'openid profile email' };
const AT_PEER = { authorize: '/auth', token: '/token', identity: '/me', scope: 'openid profile email' };
/** Plain OAuth 2 there: nothing is signed, and introspection tells whose the token is, since `/me` is OpenID Connect's. */
const AT_PEER_PLAIN = { ...AT_PEER, identity: '/token/introspection', introspects: true, scope: 'profile email' };

/** The requests of one sign-in, over connections that stay open, as an application's server makes them. */
class Chain {
  constructor(base, cookie, addresses = AS_CHAT) {
    const { hostname, port } = new URL(base);
    this.target = { host: hostname, port };
    this.cookie = cookie;
    this.addresses = addresses;
    this.agent = new http.Agent({ keepAlive: true, maxSockets: IN_FLIGHT });
  }

  ask(method, path, headers, body) {
    return new Promise((resolve, reject) => {
      const request = http.request({ ...this.target, agent: this.agent, method, path, headers }, (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('end', () =>
          resolve({ status: response.statusCode, headers: response.headers, text: Buffer.concat(chunks).toString() }),
        );
      });
      request.on('error', reject);
      request.end(body);
    });
  }

  /** A code for the person of the session. */
  async authorize(state) {
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: CLIENT.id,
      redirect_uri: CLIENT.redirectUri,
      scope: this.addresses.scope,
      state,
    });
    const answer = await this.ask('GET', `${this.addresses.authorize}?${query}`, { cookie: this.cookie });
    const code = new URL(answer.headers.location ?? 'x:').searchParams.get('code');
    if (!code) throw new Error(`authorize: ${answer.status} ${answer.headers.location ?? answer.text}`);
    return code;
  }

  async token(code) {
    const form = { grant_type: 'authorization_code', code, redirect_uri: CLIENT.redirectUri };
    const answer = await this.post(this.addresses.token, form);
    if (answer.status !== 200) throw new Error(`token: ${answer.status} ${answer.text}`);
    return JSON.parse(answer.text).access_token;
  }

  async identity(token) {
    const { identity, introspects } = this.addresses;
    const answer = introspects
      ? await this.post(identity, { token })
      : await this.ask('GET', identity, { authorization: `Bearer ${token}` });
    const told = answer.status === 200 ? JSON.parse(answer.text) : {};
    if (typeof told.sub !== 'string') throw new Error(`identity: ${answer.status} ${answer.text}`);
  }

  /** A form of the application, which proves itself by its secret. */
  post(path, fields) {
    const form = new URLSearchParams({ ...fields, client_id: CLIENT.id, client_secret: CLIENT.secret }).toString();
    const headers = {
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': Buffer.byteLength(form),
    };
    return this.ask('POST', path, headers, form);
  }

  close() {
    this.agent.destroy();
  }
}

/** Chains per second with so many in flight, and the mean latency of each step. */
async function drive(chain, forSeconds) {
  const ms = { authorize: 0, token: 0, identity: 0 };
  let count = 0;
  const until = performance.now() + forSeconds * 1000;
  const started = performance.now();
  const worker = async (n) => {
    while (performance.now() < until) {
      const at = [performance.now()];
      const code = await chain.authorize(`state ${n}+/=`);
      at.push(performance.now());
      const token = await chain.token(code);
      at.push(performance.now());
      await chain.identity(token);
      at.push(performance.now());
      ms.authorize += at[1] - at[0];
      ms.token += at[2] - at[1];
      ms.identity += at[3] - at[2];
      count++;
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, (_, n) => worker(n)));
  return { count, seconds: (performance.now() - started) / 1000, ms };
}

/** Several chains in turns. @returns for each: chains per second, the worst and best turn, and the mean latency of each step */
async function compare(chains) {
  for (const chain of chains) await drive(chain, 2);
  const turns = chains.map(() => []);
  for (let n = 0; n < ROUNDS; n++) {
    for (const [at, chain] of chains.entries()) turns[at].push(await drive(chain, SECONDS));
  }
  return turns.map((own) => {
    const total = (of) => own.reduce((sum, turn) => sum + of(turn), 0);
    const rates = own.map((turn) => round(turn.count / turn.seconds, 0));
    const count = total((turn) => turn.count);
    return {
      perSecond: count / total((turn) => turn.seconds),
      turns: rates,
      latencyMs: Object.fromEntries(
        ['authorize', 'token', 'identity'].map((step) => [step, round(total((turn) => turn.ms[step]) / count)]),
      ),
    };
  });
}

/** Signs somebody in at the peer by its development pages, as a browser would. @returns the cookies of the session */
async function signInAtPeer(base) {
  const cookies = new Map();
  const state = { response_type: 'code', client_id: CLIENT.id, redirect_uri: CLIENT.redirectUri, scope: AT_PEER.scope };
  let url = new URL(`${AT_PEER.authorize}?${new URLSearchParams(state)}`, base);
  let form;
  for (let hop = 0; hop < 20; hop++) {
    const answer = await fetch(url, {
      method: form === undefined ? 'GET' : 'POST',
      body: form,
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
    });
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      if (value === '') cookies.delete(name);
      else cookies.set(name, value);
    }
    form = undefined;
    const location = answer.headers.get('location');
    if (location?.startsWith(CLIENT.redirectUri)) {
      return [...cookies]
        .filter(([name]) => name.startsWith('_session'))
        .map(([name, value]) => `${name}=${value}`)
        .join('; ');
    }
    if (location !== null) {
      url = new URL(location, url);
      continue;
    }
    const page = await answer.text();
    const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1];
    if (prompt === undefined) throw new Error(`oidc-provider: ${answer.status} ${page.slice(0, 300)}`);
    form = new URLSearchParams({ prompt, login: 'person', password: 'any' });
    url = new URL(/action="([^"]+)"/.exec(page)?.[1] ?? url, url);
  }
  throw new Error('oidc-provider: no end of the sign-in');
}

/** Statements that the API sends and rows that PostgreSQL writes, per step. */
async function costPerStep(chain, api, pool) {
  const rows = async () => {
    await seconds(11);
    const { rows: found } = await pool.query(
      'SELECT sum(n_tup_ins + n_tup_upd + n_tup_del)::float AS n FROM pg_stat_user_tables',
    );
    return found[0].n;
  };
  const cost = {};
  let given = Array.from({ length: COUNTED_CHAINS }, (_, n) => `s${n}`);
  for (const step of ['authorize', 'token', 'identity']) {
    const before = [await api.statements(), await rows()];
    const next = [];
    const idle = await api.statements();
    for (const value of given) next.push(await chain[step](value));
    const statements = (await api.statements()) - idle;
    cost[step] = {
      statements: round(statements / COUNTED_CHAINS),
      rowsWritten: round(((await rows()) - before[1]) / COUNTED_CHAINS),
    };
    given = next;
  }
  return cost;
}

/** The whole chain of a silent sign-in, authorize → token → identity, with 16 in flight; and the same at oidc-provider. */
export async function measureOAuth({ api, pool, secret }) {
  const [person] = await createPeople(pool, secret, 1, 'oauth');
  const cookie = `besedka_access=${person.token}`;
  const peer = await startOidcProvider(CLIENT);
  const chains = [new Chain(api.base, cookie), new Chain(api.base, cookie, AS_OPENID)];
  try {
    const session = await signInAtPeer(peer.base);
    chains.push(new Chain(peer.base, session, AT_PEER_PLAIN), new Chain(peer.base, session, AT_PEER));
    const [chat, openid, plainPeer, openidPeer] = await compare(chains);
    const cost = await costPerStep(chains[0], api, pool);
    return [
      {
        measure: `sign-in chains per second (authorize → token → identity), ${IN_FLIGHT} in flight`,
        target: `>= ${10 * PREDECESSOR_PER_SECOND}`,
        value: round(chat.perSecond, 0),
        met: chat.perSecond >= 10 * PREDECESSOR_PER_SECOND,
        detail: { ...chat, perSecond: undefined, cost },
      },
      beside('the same, ours on PostgreSQL ÷ oidc-provider in memory', chat, plainPeer),
      beside('the same with id tokens, ours on PostgreSQL ÷ oidc-provider in memory', openid, openidPeer),
    ];
  } finally {
    for (const chain of chains) chain.close();
    await peer.stop();
  }
}

/** Ours beside the peer's, where both do the same work. */
function beside(measure, ours, oidcProvider) {
  const ratio = ours.perSecond / oidcProvider.perSecond;
  return {
    measure,
    target: `>= ${PART_OF_PEER}`,
    value: round(ratio),
    met: ratio >= PART_OF_PEER,
    detail: { ours: rounded(ours), oidcProvider: rounded(oidcProvider) },
  };
}

const rounded = ({ perSecond, ...rest }) => ({ perSecond: round(perSecond, 0), ...rest });

import http from 'node:http';
import { createPeople } from '../lib/people.mjs';
import { round, seconds } from '../lib/numbers.mjs';

const SECONDS = 8;
const IN_FLIGHT = 16;
/** What django-oauth-toolkit behind Daphne on PostgreSQL does with the same chain on a machine of two cores. */
const PREDECESSOR_PER_SECOND = 55;
const COUNTED_CHAINS = 100;

/** The client that local mode begins with. */
const CLIENT = {
  id: 'BesedkaRocketChat2025',
  secret: 'SecureSecretKey2025BesedkaRocketChatSSO',
  redirectUri: 'http://127.0.0.1:3000/_oauth/besedka',
};

/** The requests of one sign-in to a chat server, over connections that stay open, as its server makes them. */
class Chain {
  constructor(base, cookie) {
    const { hostname, port } = new URL(base);
    this.target = { host: hostname, port };
    this.cookie = cookie;
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
      scope: 'read',
      state,
    });
    const answer = await this.ask('GET', `/o/authorize/?${query}`, { cookie: this.cookie });
    const code = new URL(answer.headers.location ?? 'x:').searchParams.get('code');
    if (!code) throw new Error(`authorize: ${answer.status} ${answer.headers.location ?? answer.text}`);
    return code;
  }

  async token(code) {
    const form = new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      redirect_uri: CLIENT.redirectUri,
      client_id: CLIENT.id,
      client_secret: CLIENT.secret,
    }).toString();
    const answer = await this.ask(
      'POST',
      '/o/token/',
      { 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(form) },
      form,
    );
    if (answer.status !== 200) throw new Error(`token: ${answer.status} ${answer.text}`);
    return JSON.parse(answer.text).access_token;
  }

  async identity(token) {
    const answer = await this.ask('GET', '/api/v1/auth/rocket/', { authorization: `Bearer ${token}` });
    if (answer.status !== 200) throw new Error(`identity: ${answer.status} ${answer.text}`);
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
  const perSecond = count / ((performance.now() - started) / 1000);
  return {
    perSecond,
    ms: Object.fromEntries(Object.entries(ms).map(([step, total]) => [step, round(total / count)])),
  };
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

/** The whole chain of a silent sign-in, authorize → token → identity, with 16 in flight. */
export async function measureOAuth({ api, pool, secret }) {
  const [person] = await createPeople(pool, secret, 1, 'oauth');
  const chain = new Chain(api.base, `besedka_access=${person.token}`);
  try {
    await drive(chain, 2);
    const { perSecond, ms } = await drive(chain, SECONDS);
    const cost = await costPerStep(chain, api, pool);
    return {
      measure: `sign-in chains per second (authorize → token → identity), ${IN_FLIGHT} in flight`,
      target: `>= ${10 * PREDECESSOR_PER_SECOND}`,
      value: round(perSecond, 0),
      met: perSecond >= 10 * PREDECESSOR_PER_SECOND,
      detail: { latencyMs: ms, cost },
    };
  } finally {
    chain.close();
  }
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import vm from 'node:vm';
import { ROOT } from '../../scripts/lib/tools.mjs';

/** @param {string} codeName */
const refusal = (codeName) => Object.assign(new Error(codeName), { codeName });

/**
 * What mongosh and a server of one member answer to the commands of the script; neither can be run here. Answers as MongoDB's manual of
 * the commands tells them.
 */
class Server {
  /** @type {any} */
  config = null;
  /** @type {Map<string, any>} */
  users = new Map();
  /** @type {Map<string, any>} */
  roles = new Map();
  /** Looks until it answers; looks until a primary is elected. */
  startsIn = 0;
  electsIn = 0;
  /** @type {string[]} */
  said = [];
  /** @type {string[]} */
  writes = [];
  /** @type {number | undefined} */
  code;

  run() {
    const context = {
      process: { env: { MONGO_ROOT_PASSWORD: 'r', MONGO_ROCKETCHAT_PASSWORD: 'rc', MONGO_READER_PASSWORD: 'reader' } },
      print: (/** @type {string} */ text) => this.said.push(text),
      sleep: () => undefined,
      quit: (/** @type {number} */ code) => {
        this.code = code;
        throw new Error('quit');
      },
      connect: (/** @type {string} */ url) => {
        expect(url).toBe('mongodb://root:r@mongo:27017/admin?directConnection=true');
        if (this.startsIn-- > 0) throw new Error('ECONNREFUSED');
        return { adminCommand: (/** @type {Record<string, any>} */ command) => this.answer(command) };
      },
    };
    vm.runInNewContext(readFileSync(join(ROOT, 'docker/mongo/set-up.js'), 'utf8'), context);
  }

  /** @param {Record<string, any>} command @returns {any} */
  answer(command) {
    const [name = ''] = Object.keys(command);
    const { [name]: value, ...rest } = command;
    switch (name) {
      case 'replSetGetConfig':
        if (this.config === null) throw refusal('NotYetInitialized');
        return { config: this.config };
      case 'replSetInitiate':
        if (this.config !== null) throw refusal('AlreadyInitialized');
        this.config = { version: 1, ...value };
        break;
      case 'replSetReconfig':
        expect(value.version).toBeGreaterThan(this.config.version);
        // Not a primary, so nothing else would do.
        expect(rest['force']).toBe(true);
        this.config = value;
        break;
      case 'hello':
        return { isWritablePrimary: this.config?.members[0].host === 'mongo:27017' && this.electsIn-- <= 0 };
      case 'rolesInfo':
        return { roles: this.roles.has(value) ? [{ role: value }] : [] };
      case 'usersInfo':
        return { users: this.users.has(value) ? [{ user: value }] : [] };
      case 'createRole':
      case 'updateRole':
        expect(this.roles.has(value)).toBe(name === 'updateRole');
        this.roles.set(value, rest);
        break;
      case 'createUser':
      case 'updateUser':
        expect(this.users.has(value)).toBe(name === 'updateUser');
        this.users.set(value, rest);
        break;
      default:
        throw refusal('CommandNotFound');
    }
    this.writes.push(name);
    return { ok: 1 };
  }
}

describe("the MongoDB of Rocket.Chat, set up (F06; mongosh's part is played)", () => {
  it('F06 waits for the server and for a primary, initiates the set once, and may be run again', () => {
    const server = new Server();
    server.startsIn = 3;
    server.electsIn = 2;
    server.run();
    expect(server.config).toEqual({ _id: 'rs0', version: 1, members: [{ _id: 0, host: 'mongo:27017' }] });
    expect(server.writes).toEqual(['replSetInitiate', 'createRole', 'createUser', 'createUser']);
    server.writes = [];
    server.run();
    expect(server.writes).toEqual(['updateRole', 'updateUser', 'updateUser']);
  });

  it('F06 brings a volume that was made under another host name back to a primary', () => {
    const server = new Server();
    server.config = { _id: 'rs0', version: 4, members: [{ _id: 0, host: '3f2a91c0de11:27017', priority: 1 }] };
    server.run();
    expect(server.config).toEqual({ _id: 'rs0', version: 5, members: [{ _id: 0, host: 'mongo:27017', priority: 1 }] });
  });

  it('fails in words when there is no primary', () => {
    const server = new Server();
    server.electsIn = Infinity;
    expect(() => server.run()).toThrow('quit');
    expect([server.code, server.said.at(-1)]).toEqual([1, 'MongoDB: a primary did not happen within 180 s.']);
    expect(server.users.size).toBe(0);
  });

  it('lets the portal read what unread numbers are made of and follow it, read nothing else and write nothing', () => {
    const server = new Server();
    server.run();
    expect(server.users.get('besedka_reader')).toEqual({
      pwd: 'reader',
      roles: [{ role: 'besedkaReader', db: 'admin' }],
    });
    expect(server.roles.get('besedkaReader')).toEqual({
      roles: [],
      privileges: [
        { resource: { db: 'rocketchat', collection: 'rocketchat_subscription' }, actions: ['find', 'changeStream'] },
        { resource: { db: 'rocketchat', collection: 'rocketchat_room' }, actions: ['find'] },
      ],
    });
  });
});

/* global connect, print, quit, sleep */
/**
 * Makes the MongoDB of the compose file ours; run by mongosh, as often as one likes (F06). It initiates the replica set, brings a volume
 * that was made elsewhere to this host name, and sees to the accounts: Rocket.Chat's own, and one for the portal that may read
 * what unread numbers are made of and nothing else.
 */

const SET = 'rs0';
const HOST = 'mongo:27017';
/** Seconds until the server answers (a new volume is prepared first), and until it is primary. */
const PATIENCE = 180;

const { MONGO_ROOT_PASSWORD, MONGO_ROCKETCHAT_PASSWORD, MONGO_READER_PASSWORD } = process.env;

const ROLES = [
  {
    role: 'besedkaReader',
    roles: [],
    privileges: [
      { resource: { db: 'rocketchat', collection: 'rocketchat_subscription' }, actions: ['find', 'changeStream'] },
      { resource: { db: 'rocketchat', collection: 'rocketchat_room' }, actions: ['find'] },
    ],
  },
];
const USERS = [
  {
    user: 'rocketchat',
    pwd: MONGO_ROCKETCHAT_PASSWORD,
    roles: [
      { role: 'dbOwner', db: 'rocketchat' },
      { role: 'clusterMonitor', db: 'admin' },
    ],
  },
  { user: 'besedka_reader', pwd: MONGO_READER_PASSWORD, roles: [{ role: 'besedkaReader', db: 'admin' }] },
];

function waitFor(what, attempt) {
  for (let second = 0; second < PATIENCE; second += 1) {
    const result = attempt();
    if (result) return result;
    sleep(1000);
  }
  print(`MongoDB: ${what} did not happen within ${PATIENCE} s.`);
  return quit(1);
}

/** A server that cannot be reached yet is waited for; a wrong password is not. */
function open() {
  try {
    return connect(`mongodb://root:${MONGO_ROOT_PASSWORD}@${HOST}/admin?directConnection=true`);
  } catch (error) {
    if (error.codeName === 'AuthenticationFailed') throw error;
    return null;
  }
}

/** Null: not initiated yet. */
function configuration(admin) {
  try {
    return admin.adminCommand({ replSetGetConfig: 1 }).config;
  } catch (error) {
    if (error.codeName !== 'NotYetInitialized') throw error;
    return null;
  }
}

function makeReplicaSet(admin) {
  const config = configuration(admin);
  if (config === null) {
    admin.adminCommand({ replSetInitiate: { _id: SET, members: [{ _id: 0, host: HOST }] } });
    print(`MongoDB: the replica set ${SET} is initiated.`);
  } else if (config.members.length === 1 && config.members[0].host !== HOST) {
    // Nobody answers at the name that it had: without this it would never be primary again.
    const [member] = config.members;
    const moved = { ...config, version: config.version + 1, members: [{ ...member, host: HOST }] };
    admin.adminCommand({ replSetReconfig: moved, force: true });
    print(`MongoDB: the replica set moved from ${member.host} to ${HOST}.`);
  }
}

function makeAccounts(admin) {
  for (const { role, ...rights } of ROLES) {
    const isThere = admin.adminCommand({ rolesInfo: role }).roles.length > 0;
    admin.adminCommand({ [isThere ? 'updateRole' : 'createRole']: role, ...rights });
  }
  for (const { user, ...account } of USERS) {
    const isThere = admin.adminCommand({ usersInfo: user }).users.length > 0;
    admin.adminCommand({ [isThere ? 'updateUser' : 'createUser']: user, ...account });
  }
}

const admin = waitFor('an answer', open);
makeReplicaSet(admin);
waitFor('a primary', () => admin.adminCommand({ hello: 1 }).isWritablePrimary);
makeAccounts(admin);
print('MongoDB: primary, and the accounts are there.');

import { createRequire } from 'node:module';

// Its types are those of its CommonJS form only.
const { default: TestSequencer } = createRequire(import.meta.url)('@jest/test-sequencer');

/** What takes longest, longest first: how long each file took Jest knows from the second run on, and CI has only first ones. */
const LONGEST = [
  'web/e2e/screens',
  'web/e2e/rocketchat-screens',
  'web/e2e/rocketchat-diagnostics',
  'web/e2e/rocketchat-people',
  'web/e2e/integration-screens',
  'web/e2e/rocketchat-frame',
  'web/e2e/rocketchat-journey',
  'web/e2e/edit-user',
  'rocketchat/resilience',
  'rocketchat/cli',
  'scripts/besedka.spec',
  'rocketchat/user-change',
  'rocketchat/backup',
  'reliability/kill',
  'accounts/seeds',
  'lib/local-postgres.spec',
  'e2e/start-and-stop',
  'rocketchat/sync-resilience',
  'rocketchat/doctor',
  'oauth/signing-keys',
  'rocketchat/provisioning',
  'reliability/convergence',
];

/** Nobody shall wait at the end for a long file that was begun last. */
export default class LongFirst extends TestSequencer {
  /** @param {{ path: string }[]} tests */
  sort(tests) {
    /** @param {{ path: string }} test */
    const rank = ({ path }) => {
      const at = LONGEST.findIndex((name) => path.replaceAll('\\', '/').includes(name));
      return at === -1 ? LONGEST.length : at;
    };
    return [...super.sort(tests)].sort((a, b) => rank(a) - rank(b));
  }
}

import { contractServers, type ContractTarget, type OpenTarget } from '../contract-target.js';

/**
 * Declares a suite for every server at hand, see `contractServers`.
 *
 * @param suite gets the target of the running test; valid inside hooks and tests only
 */
export function eachTarget(name: string, suite: (target: () => ContractTarget) => void): void {
  for (const server of contractServers()) {
    describe(server.name, () => {
      let target: OpenTarget | undefined;
      beforeAll(async () => {
        target = await server.open();
      });
      afterAll(() => target?.close());
      // Inside, so that the suite tidies up before its server is gone.
      describe(name, () =>
        suite(() => {
          if (!target) throw new Error('the server is there inside hooks and tests only');
          return target;
        }),
      );
    });
  }
}

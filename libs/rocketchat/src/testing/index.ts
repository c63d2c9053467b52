/**
 * The double of a Rocket.Chat server, over real HTTP and real WebSockets. A test tool: nothing that is shipped imports it.
 */
export { startRocketChatDouble, type DoubleOptions, type RocketChatDouble } from './double.js';
export {
  contractServers,
  eventually,
  type ContractServer,
  type ContractTarget,
  type OpenTarget,
} from './contract-target.js';
export type { Call } from './core.js';
export type { Clock } from './clock.js';
export type { Fault, FaultName, Faults, FaultTypes } from './faults.js';
export type { Credentials, Make } from './make.js';
export { PROFILES, type Profile, type ProfileName } from './profile.js';
export { CUSTOM_OAUTH, providerName } from './state/custom-oauth.js';
export { sha256Hex } from './state/ids.js';
export type * from './state/model.js';

import { FirstTables1763650000000 } from './1763650000000-first-tables.js';
import { ChatSend1763650100000 } from './1763650100000-chat-send.js';
import { ChatChanges1763650200000 } from './1763650200000-chat-changes.js';
import { OAuth1763700000000 } from './1763700000000-oauth.js';
import { ChatSendTogether1763710000000 } from './1763710000000-chat-send-together.js';
import { RocketChatRooms1763720000000 } from './1763720000000-rocketchat-rooms.js';
import { RocketChatLinks1763800000000 } from './1763800000000-rocketchat-links.js';
import { RocketChatBackups1763810000000 } from './1763810000000-rocketchat-backups.js';
import { RocketChatRuns1763820000000 } from './1763820000000-rocketchat-runs.js';
import { RocketChatSignIns1763830000000 } from './1763830000000-rocketchat-sign-ins.js';
import { RocketChatUnread1763840000000 } from './1763840000000-rocketchat-unread.js';
import { RocketChatApplied1763850000000 } from './1763850000000-rocketchat-applied.js';
import { RocketChatRunOrigin1763860000000 } from './1763860000000-rocketchat-run-origin.js';

/** Every migration, in order. One that has landed is never edited: add another. */
export const MIGRATIONS = [
  FirstTables1763650000000,
  ChatSend1763650100000,
  ChatChanges1763650200000,
  OAuth1763700000000,
  ChatSendTogether1763710000000,
  RocketChatRooms1763720000000,
  RocketChatLinks1763800000000,
  RocketChatBackups1763810000000,
  RocketChatRuns1763820000000,
  RocketChatSignIns1763830000000,
  RocketChatUnread1763840000000,
  RocketChatApplied1763850000000,
  RocketChatRunOrigin1763860000000,
];

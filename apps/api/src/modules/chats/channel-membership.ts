import { BUILT_IN_CHANNELS } from '@besedka/contracts';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type RequestContext, systemContext } from '../../common/context/request-context.js';
import { DomainEvents } from '../../common/events/domain-events.js';
import { newId } from '../../common/ids.js';
import { UnitOfWork, type UnitOfWorkTx } from '../../database/unit-of-work.js';
import { type AccountHook, AccountHooksRegistry } from '../users/account-hooks.js';
import { ChatAnnouncer } from './chat-announcer.js';
import type { MembershipChange } from './chats.events.js';
import { ChatsRepository } from './chats.repository.js';
import { MembersService } from './members.service.js';
import { MessageSender } from './message-sender.js';

/**
 * Makes the members of the channels equal to the people whose groups open them; everybody active has the group `user`. New
 * members start at the end. `$1`: only these people, null for all. `$2`: the channels' keys, the one that a new member finds on
 * top first.
 */
const FOLLOW_GROUPS = `
WITH entitled AS (
  SELECT c.id AS chat_id, u.id AS user_id, c.last_seq, c.channel_key FROM chats c CROSS JOIN users u
  WHERE c.kind = 'channel' AND u.status = 'active' AND u.deleted_at IS NULL AND ($1::uuid[] IS NULL OR u.id = ANY($1))
    AND (c.required_group = 'user' OR EXISTS (
      SELECT 1 FROM user_roles ur JOIN roles r ON r.key = ur.role_key
      WHERE ur.user_id = u.id AND c.required_group = ANY(r.groups)
    ))
), gone AS (
  DELETE FROM chat_members m USING chats c
  WHERE c.id = m.chat_id AND c.kind = 'channel' AND ($1::uuid[] IS NULL OR m.user_id = ANY($1))
    AND NOT EXISTS (SELECT 1 FROM entitled e WHERE e.chat_id = m.chat_id AND e.user_id = m.user_id)
  RETURNING m.chat_id, m.user_id
), joined AS (
  INSERT INTO chat_members (chat_id, user_id, read_seq, joined_order)
  SELECT n.chat_id, n.user_id, n.last_seq, nextval('chat_order') FROM (
    SELECT e.* FROM entitled e
    WHERE NOT EXISTS (SELECT 1 FROM chat_members m WHERE m.chat_id = e.chat_id AND m.user_id = e.user_id)
    ORDER BY array_position($2::text[], e.channel_key::text) DESC
  ) n
  ON CONFLICT DO NOTHING RETURNING chat_id, user_id
)
SELECT changed.*, c.required_group = 'user' AS for_all FROM (
  SELECT chat_id, user_id, true AS joined FROM joined UNION ALL SELECT chat_id, user_id, false FROM gone
) changed JOIN chats c ON c.id = changed.chat_id`;

interface FollowedRow {
  chat_id: string;
  user_id: string;
  joined: boolean;
  /** A channel of everybody active: who comes into it or goes out of it can be written to from now on, or no more. */
  for_all: boolean;
}

const CHANNEL_KEYS = BUILT_IN_CHANNELS.map(({ key }) => key);

/** Keeps memberships true to accounts: channels follow groups, deleted accounts leave their groups. */
@Injectable()
export class ChannelMembership implements AccountHook, OnModuleInit {
  constructor(
    private readonly hooks: AccountHooksRegistry,
    private readonly repository: ChatsRepository,
    private readonly members: MembersService,
    private readonly sender: MessageSender,
    private readonly announcer: ChatAnnouncer,
    private readonly work: UnitOfWork,
    private readonly events: DomainEvents,
  ) {}

  /** Makes the built-in channels if they are missing and takes in everybody who was not reached by the hook. */
  async onModuleInit(): Promise<void> {
    this.hooks.register(this);
    this.events.on('chats.memberships-followed', ({ changes }, ctx) => this.tell(changes, ctx));
    await this.work.run(systemContext('channels'), async (tx) => {
      await tx.query(
        `INSERT INTO chats (id, kind, title, icon, channel_key, required_group)
         SELECT * FROM (
           SELECT unnest($1::uuid[]) AS id, 'channel' AS kind, unnest($2::text[]) AS title, unnest($3::text[]) AS icon,
             unnest($4::text[]) AS channel_key, unnest($5::text[]) AS required
         ) given
         ON CONFLICT (channel_key) WHERE channel_key IS NOT NULL DO NOTHING`,
        [
          BUILT_IN_CHANNELS.map(() => newId()),
          BUILT_IN_CHANNELS.map(({ title }) => title),
          BUILT_IN_CHANNELS.map(({ icon }) => icon),
          BUILT_IN_CHANNELS.map(({ key }) => key),
          BUILT_IN_CHANNELS.map(({ group }) => group),
        ],
      );
      // Nobody is connected yet: nobody is told.
      await tx.query(FOLLOW_GROUPS, [null, CHANNEL_KEYS]);
    });
  }

  /** Part of every change of accounts and roles, inside its transaction: a lost group takes the channel away at once. */
  async accessChanged(_ctx: RequestContext, tx: UnitOfWorkTx, userIds: readonly string[]): Promise<void> {
    const rows = await tx.query<FollowedRow>(FOLLOW_GROUPS, [userIds, CHANNEL_KEYS]);
    const changes = new Map<string, MembershipChange>();
    for (const row of rows) {
      const change = changes.get(row.chat_id) ?? { chatId: row.chat_id, joined: [], gone: [], reason: 'access_lost' };
      (row.joined ? change.joined : change.gone).push(row.user_id);
      changes.set(row.chat_id, change);
    }
    const reach = new Set(rows.filter((row) => row.for_all).map((row) => row.user_id));
    if (reach.size > 0) tx.emit('chats.reach-changed', { userIds: [...reach] });
    const left = await this.leaveGroups(tx, userIds);
    if (changes.size > 0 || left.length > 0) {
      tx.emit('chats.memberships-followed', { changes: [...changes.values(), ...left] });
    }
  }

  /** Deleted accounts leave their groups, so that no group is left with an owner who cannot come back. */
  private async leaveGroups(tx: UnitOfWorkTx, userIds: readonly string[]): Promise<MembershipChange[]> {
    const memberships = await tx.query<{ chat_id: string; user_id: string }>(
      `SELECT m.chat_id, m.user_id FROM users u JOIN chat_members m ON m.user_id = u.id JOIN chats c ON c.id = m.chat_id
       WHERE u.id = ANY($1::uuid[]) AND u.deleted_at IS NOT NULL AND c.kind = 'group' ORDER BY m.chat_id, m.user_id`,
      [userIds],
    );
    for (const { chat_id: chatId, user_id: userId } of memberships) {
      const chat = await this.repository.lock(tx, chatId, userId);
      if (chat !== null && chat.role !== null) await this.members.takeOut(tx, chat, userId);
    }
    return memberships.map((row) => ({ chatId: row.chat_id, joined: [], gone: [row.user_id], reason: 'left' }));
  }

  private async tell(changes: readonly MembershipChange[], ctx: RequestContext): Promise<void> {
    await Promise.all(
      changes.map(({ chatId, joined, gone, reason }) =>
        this.sender.inOrder(chatId, async () => {
          if (gone.length > 0) this.events.publish('chats.gone', { userIds: gone, chatId, reason }, ctx);
          await this.announcer.appeared(ctx, chatId, joined);
          await this.announcer.members(ctx, chatId, joined, gone);
        }),
      ),
    );
  }
}

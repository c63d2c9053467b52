import { kindOf, type Membership } from './membership.js';
import type { SubscriptionDocument, SubscriptionEvent } from './subscription-feed.js';

/** Undefined: not a member (invited, banned), or no room for a list of chats. */
export function membershipOf(document: SubscriptionDocument): Membership | undefined {
  const kind = kindOf(document.t);
  if (kind === undefined || document.status === 'INVITED' || document.status === 'BANNED') return undefined;
  const { _id: id, rid: roomId } = document;
  const name = textOr(document.name, roomId);
  const count = (list: readonly string[] | null | undefined): number => list?.length ?? 0;
  const mentions =
    numberOf(document.userMentions) +
    numberOf(document.groupMentions) +
    count(document.tunreadUser) +
    count(document.tunreadGroup);
  return {
    id,
    roomId,
    kind,
    name,
    title: textOr(document.fname, name),
    isShown: document.open !== false && document.archived !== true,
    isSilenced: document.hideUnreadStatus === true,
    unread: numberOf(document.unread),
    threads: count(document.tunread),
    mentions: document.hideMentionStatus === true ? 0 : mentions,
    readAt: momentOf(document.ls),
    repliedAt: momentOf(document.lr),
    changedAt: momentOf(document._updatedAt) ?? 0,
  };
}

/** What an event says about one subscription. */
export type SubscriptionChange =
  | { readonly kind: 'gone'; readonly id: string }
  | {
      readonly kind: 'is';
      readonly id: string;
      readonly roomId: string;
      readonly rocketChatId: string;
      /** Undefined: no longer a member. */
      readonly membership: Membership | undefined;
      /** Somebody else posted; undefined: the event does not say what changed. */
      readonly isPost: boolean | undefined;
      readonly changedAt: number;
    };

/** Undefined: nothing that concerns a list, or deleted meanwhile (which is told next). */
export function changeOf(event: SubscriptionEvent): SubscriptionChange | undefined {
  if (event.operationType === 'delete') {
    return event.documentKey === undefined ? undefined : { kind: 'gone', id: event.documentKey._id };
  }
  const document = event.fullDocument;
  if (document == null) return undefined;
  const changedAt = event.updateDescription?.updatedFields?._updatedAt ?? document._updatedAt;
  return {
    kind: 'is',
    id: document._id,
    roomId: document.rid,
    rocketChatId: document.u._id,
    membership: membershipOf(document),
    isPost: isPost(event),
    changedAt: momentOf(changedAt) ?? 0,
  };
}

/** These end the stream: the collection is another one from now on. */
export function endsStream({ operationType }: SubscriptionEvent): boolean {
  return ['invalidate', 'drop', 'rename', 'dropDatabase'].includes(operationType);
}

/**
 * A message of somebody else raises `unread`, or, where only mentions are counted, `alert` alone; where all are, the alert follows in an
 * update of its own and says nothing new. `ls` moves only by what the member does: read, write, mark unread. A new membership is an
 * insert; it begins with a number of its own and moves nothing (contract 7).
 */
function isPost({ operationType, updateDescription, fullDocument }: SubscriptionEvent): boolean | undefined {
  if (operationType === 'insert') return false;
  const changed = updateDescription?.updatedFields;
  if (changed == null) return undefined;
  if (changed.ls !== undefined) return false;
  return (changed.unread ?? 0) > 0 || (changed.alert === true && numberOf(fullDocument?.unread) === 0);
}

/**
 * When somebody else posted between two looks at a membership; null: nobody did. A reply in a thread raises only the number of threads.
 */
export function postBetween(before: Membership | undefined, now: Membership): number | null {
  if (before === undefined) return null;
  if (now.threads > before.threads) return now.repliedAt ?? now.changedAt;
  return now.unread > before.unread && now.readAt === before.readAt ? now.changedAt : null;
}

function textOr(text: string | null | undefined, otherwise: string): string {
  return text == null || text === '' ? otherwise : text;
}

/** Missing, or damaged: one document must not end the numbers of all. */
function momentOf(value: unknown): number | null {
  return value instanceof Date ? value.getTime() : null;
}

/** Numbers may be missing, and a damaged document must not make a badge negative. */
function numberOf(value: unknown): number {
  const number = Number(value ?? 0);
  return Number.isFinite(number) && number > 0 ? Math.trunc(number) : 0;
}

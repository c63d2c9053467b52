import type { FactoryProvider, Provider, Type } from '@nestjs/common';
import { AppConfig } from '../../../config/app-config.js';
import { ChangeStreamSource } from './change-stream.source.js';
import { FollowerLock } from './follower-lock.js';
import { MessageWebhook } from './message-webhook.js';
import { RestSource } from './rest.source.js';
import { RoomLists } from './room-lists.js';
import { RoomTitles } from './room-titles.js';
import { RoomsController } from './rooms.controller.js';
import { type OpenSubscriptionFeed, SUBSCRIPTION_FEED } from './subscription-feed.js';
import { UnreadMetrics } from './unread.metrics.js';
import { UnreadRepository } from './unread.repository.js';
import { UnreadService } from './unread.service.js';

const feed: FactoryProvider<OpenSubscriptionFeed> = {
  provide: SUBSCRIPTION_FEED,
  inject: [AppConfig],
  useFactory: ({ rocketChat }: AppConfig): OpenSubscriptionFeed => {
    const url = rocketChat.mongoUrl;
    if (url === null) return null;
    // The driver is loaded only by who has a MongoDB.
    return async () => new (await import('./mongo-feed.js')).MongoSubscriptionFeed(url);
  },
};

/** Rooms and unread numbers out of Rocket.Chat. Needs the links of accounts and rooms. */
export const UNREAD_PROVIDERS: Provider[] = [
  feed,
  ChangeStreamSource,
  FollowerLock,
  MessageWebhook,
  RestSource,
  RoomLists,
  RoomTitles,
  UnreadMetrics,
  UnreadRepository,
  UnreadService,
];
export const UNREAD_CONTROLLERS: Type[] = [RoomsController];

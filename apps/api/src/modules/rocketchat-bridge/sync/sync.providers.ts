import type { Provider } from '@nestjs/common';
import { LinksRepository } from './links.repository.js';
import { LinksService } from './links.service.js';

/** Accounts and memberships in step with the portal: what the command line gets too. */
export const SYNC_PROVIDERS: Provider[] = [LinksRepository, LinksService];

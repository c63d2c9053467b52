import type { Provider, Type } from '@nestjs/common';
import { ChecksController } from './checks.controller.js';
import { ChecksService } from './checks.service.js';
import { Observer } from './observer.js';

/** Diagnostics of the chat on the server's side. */
export const CHECKS_PROVIDERS: Provider[] = [ChecksService, Observer];
export const CHECKS_CONTROLLERS: Type[] = [ChecksController];

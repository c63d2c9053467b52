import type { Provider } from '@nestjs/common';
import { AppliedRepository } from './applied.repository.js';
import { AutoApply } from './auto-apply.js';

/** The server sets Rocket.Chat up by itself. Needs the runs. */
export const AUTO_APPLY_PROVIDERS: Provider[] = [AppliedRepository, AutoApply];

import type { Provider } from '@nestjs/common';
import { TestAccounts } from './test-accounts.js';
import { VerificationService } from './verification.service.js';

/** The proof of a set-up. Needs `SessionsService`. */
export const VERIFY_PROVIDERS: Provider[] = [TestAccounts, VerificationService];

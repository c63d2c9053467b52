import { Module } from '@nestjs/common';
import { AccountHooksRegistry } from './account-hooks.js';

/** A module of its own, because roles need the registry too and stand below users. */
@Module({ providers: [AccountHooksRegistry], exports: [AccountHooksRegistry] })
export class AccountHooksModule {}

import type { Locale, Theme } from '@besedka/contracts';
import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context/request-context.js';
import { UsersService } from '../users/users.service.js';

/** How a page is drawn for somebody. */
export interface PageLook {
  readonly locale: Locale;
  readonly theme: Theme;
}

/** Language and theme of the pages that are made here: the account's when somebody is signed in, otherwise the browser's. */
@Injectable()
export class PageLooks {
  constructor(private readonly users: UsersService) {}

  async of({ principal, locale }: RequestContext): Promise<PageLook> {
    const own = principal === null ? null : await this.users.lookOf(principal.userId);
    return own ?? { locale, theme: 'system' };
  }
}

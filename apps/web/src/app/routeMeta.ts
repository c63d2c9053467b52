import type { Permission } from '@besedka/contracts/permissions';
import type { LocaleArea } from '../shared/i18n';

declare module 'vue-router' {
  interface RouteMeta {
    /** Key of the page's title. Pages that know better (a chat's name) set `usePageTitle()` themselves. */
    title?: string;
    /** `member` (default): sign in first; `guest`: only for visitors; `anyone`. */
    access?: 'member' | 'guest' | 'anyone';
    /** Without this permission the page "no access" is shown. */
    permission?: Permission;
    /** Texts that the page needs. */
    areas?: LocaleArea[];
    /** Drawn inside rail and bottom bar (default) or alone. */
    frame?: 'shell' | 'bare';
    /** The page uses Nuxt UI components: they are prepared before it opens. */
    nuxtUi?: boolean;
    /** Moving between addresses that share this name is one page to the reader: focus stays where it is. */
    place?: string;
  }
}

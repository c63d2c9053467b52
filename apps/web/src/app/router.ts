import type { App } from 'vue';
import {
  createRouter,
  createWebHistory,
  type RouteLocationNormalized,
  type RouteLocationRaw,
  type Router,
} from 'vue-router';
import { announce } from '../shared/announcer';
import { needTexts, translate } from '../shared/i18n';
import { isServerPath, safeNextPath } from '../shared/navigation/nextPath';
import { usePageTitle } from '../shared/pageTitle';
import { useSession } from '../shared/session';
import { routes } from './routes';

/** The router with its rules: who may see what, texts before pages, title, focus and scroll after navigation. */
export function createAppRouter(app: App): Router {
  const router = createRouter({
    history: createWebHistory(),
    routes,
    scrollBehavior: (to, from, saved) =>
      saved ?? (to.meta.place && to.meta.place === from.meta.place ? false : { top: 0 }),
  });

  router.beforeEach(async (to) => {
    const session = useSession();
    // A server that cannot be asked is no reason for a blank page: visitors' pages open, others ask for signing in.
    await session.restore().catch(() => undefined);
    return redirectFor(to, session.me !== null, session.can);
  });

  router.beforeResolve(async (to) => {
    await needTexts(...(to.meta.areas ?? []));
    if (to.meta.nuxtUi) (await import('./nuxtUi')).useNuxtUi(app, router);
  });

  router.afterEach((to, from, failure) => {
    if (failure) return;
    const samePlace = to.meta.place !== undefined && to.meta.place === from.meta.place;
    if (!samePlace) usePageTitle().value = to.meta.title ? translate(to.meta.title) : '';
    if (from.matched.length === 0 || samePlace) return;
    announce(usePageTitle().value);
    requestAnimationFrame(focusHeading);
  });

  router.onError((error, to) => {
    // After an update the old chunk is gone from the server: loading the address anew gets the new version (F22).
    const gone = /dynamically imported module|Importing a module script|preload/i.test(String(error));
    if (gone && sessionStorage.getItem('besedka.reloadedFor') !== to.fullPath) {
      sessionStorage.setItem('besedka.reloadedFor', to.fullPath);
      location.assign(to.fullPath);
    }
  });

  return router;
}

/** Where to go instead; `true` to let it be. */
export function redirectFor(
  to: RouteLocationNormalized,
  signedIn: boolean,
  can: ReturnType<typeof useSession>['can'],
): RouteLocationRaw | true {
  const access = to.meta.access ?? 'member';
  if (access === 'member' && !signedIn)
    return { name: 'login', query: to.path === '/chat' ? {} : { next: to.fullPath } };
  if (access === 'guest' && signedIn) {
    const next = safeNextPath(to.query['next']);
    return isServerPath(next) ? true : next;
  }
  if (to.meta.permission && !can(to.meta.permission)) return { name: 'forbidden', replace: true };
  return true;
}

/** Moves focus to the page's heading, so that keyboard and screen reader start where the page starts. */
function focusHeading(): void {
  const heading = document.querySelector<HTMLElement>('main h1');
  // A page that has put focus into its first field knows better.
  if (!heading || document.activeElement?.closest('main, dialog')) return;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}

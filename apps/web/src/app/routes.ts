import type { RouteRecordRaw } from 'vue-router';
import { needTexts } from '../shared/i18n';
import { useSession } from '../shared/session';
import './routeMeta';

const applications = (): Promise<typeof import('../features/admin/applications/pages')> =>
  import('../features/admin/applications/pages');

/** The chat view of the engine that carries the chats; the other one is never loaded. */
const chatView = (): Promise<object> => {
  if (useSession().me?.chatEngine !== 'rocketchat') return import('../features/chats/ChatsView.vue');
  return Promise.all([import('../features/rocketchat/RocketChatView.vue'), needTexts('rocketchat')]).then(
    ([view]) => view,
  );
};

/** A page of Administration → Applications. */
const application = (
  path: string,
  name: string,
  title: string,
  page: keyof Awaited<ReturnType<typeof applications>>,
): RouteRecordRaw => ({
  path: `/admin/applications${path}`,
  name,
  component: () => applications().then((pages) => pages[page]),
  meta: { title: `applications.${title}`, permission: 'oauth:manage', areas: ['admin', 'applications', 'oauth'] },
});

/** Every page, loaded when it is first opened. Old addresses (product's table of known addresses) lead to the new ones. */
export const routes: RouteRecordRaw[] = [
  { path: '/', redirect: '/chat' },

  {
    path: '/login',
    name: 'login',
    component: () => import('../features/auth/SignInView.vue'),
    meta: { title: 'auth.signIn.title', access: 'guest', areas: ['auth'], frame: 'bare' },
  },
  {
    path: '/activate',
    name: 'activate',
    component: () => import('../features/auth/ActivateView.vue'),
    meta: { title: 'auth.activate.title', access: 'anyone', areas: ['auth'], frame: 'bare' },
  },
  {
    path: '/forgot',
    name: 'forgot',
    component: () => import('../features/auth/ForgotView.vue'),
    meta: { title: 'auth.forgot.title', access: 'anyone', areas: ['auth'], frame: 'bare' },
  },
  {
    path: '/reset',
    name: 'reset',
    component: () => import('../features/auth/ResetView.vue'),
    meta: { title: 'auth.reset.title', access: 'anyone', areas: ['auth'], frame: 'bare' },
  },

  {
    path: '/oauth/consent',
    name: 'consent',
    component: () => import('../features/oauth/ConsentView.vue'),
    meta: { title: 'oauth.consent.title', areas: ['oauth'], frame: 'bare' },
  },
  {
    path: '/oauth/logout',
    name: 'oauth-logout',
    component: () => import('../features/oauth/LogoutView.vue'),
    meta: { title: 'oauth.logout.title', access: 'anyone', areas: ['oauth'], frame: 'bare' },
  },
  {
    path: '/device',
    name: 'device',
    component: () => import('../features/oauth/DeviceView.vue'),
    meta: { title: 'oauth.device.title', areas: ['oauth'], frame: 'bare' },
  },

  {
    path: '/chat/test',
    name: 'chat-test',
    component: () => import('../features/rocketchat/DiagnosticsView.vue'),
    meta: { title: 'rocketchat.diagnostics.title', areas: ['chats', 'rocketchat'] },
  },
  {
    path: '/chat/:chatId?',
    name: 'chat',
    component: chatView,
    meta: { title: 'chats.title', areas: ['chats'], place: 'chats' },
  },
  {
    path: '/profile',
    name: 'profile',
    component: () => import('../features/profile/ProfileView.vue'),
    meta: { title: 'profile.title', areas: ['profile', 'oauth'], nuxtUi: true },
  },
  {
    path: '/settings/:section?',
    name: 'settings',
    component: () => import('../features/profile/SettingsView.vue'),
    meta: { title: 'profile.settings.title', areas: ['profile'], nuxtUi: true, place: 'settings' },
  },
  { path: '/admin', redirect: '/admin/users' },
  {
    path: '/admin/users/:userId?',
    name: 'admin-users',
    component: () => import('../features/admin/UsersView.vue'),
    meta: {
      title: 'admin.users.title',
      permission: 'users:read',
      areas: ['admin'],
      nuxtUi: true,
      place: 'admin-users',
    },
  },
  application('', 'admin-applications', 'title', 'list'),
  application('/new', 'admin-application-new', 'create.title', 'create'),
  application('/roles', 'admin-role-names', 'roles.title', 'roleNames'),
  application('/:id', 'admin-application', 'title', 'one'),
  {
    path: '/admin/integration',
    name: 'admin-integration',
    component: () => import('../features/admin/integration/IntegrationView.vue'),
    meta: {
      title: 'integration.title',
      permission: 'rocketchat:manage',
      areas: ['admin', 'integration', 'rocketchat'],
    },
  },

  { path: '/chat/integrated', redirect: '/chat' },
  { path: '/accounts/login', redirect: (to) => ({ path: '/login', query: to.query }) },
  { path: '/users/cabinet', redirect: '/profile' },
  ...['/owner-admin', '/moderator-admin', '/store-owner-admin', '/store-admin'].map((path) => ({
    path,
    redirect: '/admin/users',
  })),

  {
    path: '/forbidden',
    name: 'forbidden',
    component: () => import('./ForbiddenView.vue'),
    meta: { title: 'common.forbidden.title' },
  },
  {
    path: '/:path(.*)*',
    name: 'not-found',
    component: () => import('./NotFoundView.vue'),
    meta: { title: 'common.notFound.title', access: 'anyone' },
  },
];

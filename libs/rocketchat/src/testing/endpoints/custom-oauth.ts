import type { Core } from '../core.js';
import { refusal } from '../http/errors.js';
import { requiredText } from '../http/input.js';
import type { Context, Route } from '../http/route.js';
import { publicServices } from '../oauth/services.js';
import { CUSTOM_OAUTH, providerName, providerSettings } from '../state/custom-oauth.js';
import type { OAuthService } from '../state/model.js';

function demandLicence(core: Core): void {
  if (core.profile.customOAuthIsPremium && !core.licensed) {
    throw refusal('error-action-not-allowed', 'Adding custom OAuth services is not allowed');
  }
}

function nameOf({ body }: Context): string {
  const name = providerName(requiredText(body, 'name').trim());
  if (!name) throw refusal('error-name-param-not-provided', 'The parameter "name" is required');
  return name;
}

function add(context: Context): unknown {
  const { core } = context;
  const name = nameOf(context);
  demandLicence(core);
  core.settings.add(providerSettings(name, {}, core.profile.customOAuthIsPremium));
  return {};
}

function remove(context: Context): unknown {
  context.core.settings.remove(new RegExp(`^${CUSTOM_OAUTH}${nameOf(context)}(?:-|$)`));
  return {};
}

function refresh({ core }: Context): unknown {
  core.settings.refreshServices();
  return {};
}

/** What the sign-in page needs to know; never the secret. */
function publicShape(one: OAuthService): Record<string, unknown> {
  return {
    _id: one.service,
    name: one.service,
    service: one.service,
    clientId: one.clientId,
    appId: '',
    buttonLabelText: one.buttonLabelText,
    buttonColor: one.buttonColor,
    buttonLabelColor: one.buttonLabelColor,
    custom: true,
    showButton: one.showButton,
    loginStyle: one.loginStyle,
    serverURL: one.serverURL,
    authorizePath: one.authorizePath,
    tokenPath: one.tokenPath,
    identityPath: one.identityPath,
    scope: one.scope,
  };
}

const gate = { permissions: ['add-oauth-service'], twoFactor: 'strict' } as const;

export const customOAuthRoutes: readonly Route[] = [
  { method: 'POST', path: 'settings.addCustomOAuth', ...gate, handle: add },
  { method: 'POST', path: 'settings.removeCustomOAuth', ...gate, handle: remove },
  { method: 'POST', path: 'settings.refreshOAuthServices', ...gate, handle: refresh },
  {
    method: 'GET',
    path: 'settings.oauth',
    auth: 'optional',
    handle: ({ core }) => ({ services: publicServices(core).map(publicShape) }),
  },
  {
    method: 'GET',
    path: 'service.configurations',
    auth: 'optional',
    handle: ({ core }) => ({
      configurations: publicServices(core).map(({ secret: _secret, ...open }) => ({ _id: open.service, ...open })),
    }),
  },
];

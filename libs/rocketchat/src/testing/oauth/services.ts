import type { Core } from '../core.js';
import type { OAuthService } from '../state/model.js';
import { CUSTOM_OAUTH } from '../state/custom-oauth.js';

/** Registers the sign-in services that are switched on, with what their settings say now. */
export function buildServices(core: Core): void {
  const { state, settings } = core;
  state.oauthServices.clear();
  for (const id of state.settings.keys()) {
    const name = new RegExp(`^${CUSTOM_OAUTH}([A-Za-z0-9_]+)$`).exec(id)?.[1];
    if (!name || !settings.bool(id)) continue;
    state.oauthServices.set(name.toLowerCase(), serviceOf(core, name));
  }
}

function serviceOf({ settings }: Core, name: string): OAuthService {
  const text = (suffix: string) => settings.text(`${CUSTOM_OAUTH}${name}-${suffix}`).trim();
  const flag = (suffix: string) => settings.bool(`${CUSTOM_OAUTH}${name}-${suffix}`);
  return {
    service: name.toLowerCase(),
    clientId: text('id'),
    secret: text('secret'),
    serverURL: text('url').replace(/\/+$/, ''),
    authorizePath: text('authorize_path'),
    tokenPath: text('token_path'),
    identityPath: text('identity_path'),
    tokenSentVia: text('token_sent_via'),
    identityTokenSentVia: text('identity_token_sent_via'),
    accessTokenParam: text('access_token_param'),
    scope: text('scope'),
    loginStyle: text('login_style'),
    buttonLabelText: text('button_label_text'),
    buttonLabelColor: text('button_label_color'),
    buttonColor: text('button_color'),
    keyField: text('key_field'),
    usernameField: text('username_field'),
    emailField: text('email_field'),
    nameField: text('name_field'),
    avatarField: text('avatar_field'),
    mergeUsers: flag('merge_users'),
    mergeUsersDistinctServices: flag('merge_users_distinct_services'),
    showButton: flag('show_button'),
  };
}

/** The services as `settings.oauth` lists them; none while the provider is gone. */
export function publicServices(core: Core): OAuthService[] {
  return core.faults.find('oauth-provider-gone') ? [] : [...core.state.oauthServices.values()];
}

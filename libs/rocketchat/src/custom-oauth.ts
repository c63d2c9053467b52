/** The members of a custom OAuth provider, as the ends of its settings' ids. Source: `addOAuthService.ts`, the same list in 7.0 to 9.0. */
export const CUSTOM_OAUTH_FIELDS = [
  'url',
  'token_path',
  'token_sent_via',
  'identity_token_sent_via',
  'identity_path',
  'authorize_path',
  'scope',
  'access_token_param',
  'id',
  'secret',
  'login_style',
  'button_label_text',
  'button_label_color',
  'button_color',
  'key_field',
  'username_field',
  'email_field',
  'name_field',
  'avatar_field',
  'roles_claim',
  'groups_claim',
  'channels_admin',
  'map_channels',
  'merge_roles',
  'roles_to_sync',
  'merge_users',
  'merge_users_distinct_services',
  'show_button',
  'groups_channel_map',
] as const;
export type CustomOAuthField = (typeof CUSTOM_OAUTH_FIELDS)[number];

/** Kept by the server, but read as their "invalid value" without the licence module `oauth-enterprise`. */
export const CUSTOM_OAUTH_LICENSED_FIELDS: readonly CustomOAuthField[] = [
  'roles_claim',
  'groups_claim',
  'map_channels',
  'merge_roles',
  'roles_to_sync',
];

/**
 * The name of a provider as the server makes it: lower case, everything but `a-z 0-9 _` removed, the first letter large.
 * The service key (in `_oauth/<key>` and `services.<key>`) is the same in lower case.
 */
export function customOAuthName(name: string): string {
  const key = name.toLowerCase().replaceAll(/[^a-z0-9_]/g, '');
  return key.charAt(0).toUpperCase() + key.slice(1);
}

/** The id of the setting of a provider; without a field it is the on/off setting. */
export function customOAuthSettingId(name: string, field?: CustomOAuthField): string {
  const id = `Accounts_OAuth_Custom-${customOAuthName(name)}`;
  return field ? `${id}-${field}` : id;
}

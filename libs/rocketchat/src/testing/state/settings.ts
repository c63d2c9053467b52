import type { Setting, SettingValue, State } from './model.js';

type Row = [id: string, value: SettingValue, more?: Partial<Setting>];
const open = { public: true };
const select = (...values: string[]): Partial<Setting> => ({ type: 'select', values });

/** The settings of a fresh server that a bridge reads or writes, with the values they start with. */
const ROWS: readonly Row[] = [
  ['Site_Url', 'http://localhost:3000', open],
  ['Site_Name', 'Rocket.Chat', open],
  ['Language', '', open],
  ['Show_Setup_Wizard', 'pending', { ...open, ...select('pending', 'in_progress', 'completed'), readonly: true }],
  ['Organization_Type', ''],
  ['First_Channel_After_Login', '', open],
  [
    'Unread_Count',
    'user_and_group_mentions_only',
    { ...open, ...select('all_messages', 'user_mentions_only', 'group_mentions_only', 'user_and_group_mentions_only') },
  ],
  ['Unread_Count_DM', 'all_messages', { ...open, ...select('all_messages', 'mentions_only') }],
  ['Store_Last_Message', true, open],
  ['UTF8_Channel_Names_Validation', '[0-9a-zA-Z-_.]+', open],
  ['UTF8_User_Names_Validation', '[0-9a-zA-Z-_.]+', open],
  ['UI_Allow_room_names_with_special_chars', false, open],
  ['UI_Show_top_navbar_embedded_layout', false, open],
  ['Message_ShowEditedStatus', true, open],
  ['Message_ShowDeletedStatus', false, open],
  ['Message_ErasureType', 'Delete', { ...open, ...select('Delete', 'Unlink', 'Keep') }],

  ['Iframe_Restrict_Access', true],
  ['Iframe_X_Frame_Options', 'sameorigin'],
  ['Iframe_Integration_send_enable', false, open],
  ['Iframe_Integration_send_target_origin', '*', open],
  ['Iframe_Integration_receive_enable', false, open],
  ['Iframe_Integration_receive_origin', '*', open],
  ['Enable_CSP', true],
  ['Extra_CSP_Domains', ''],
  ['SSRF_Allowlist', ''],

  ['API_Enable_Rate_Limiter', true],
  ['API_Enable_Rate_Limiter_Limit_Calls_Default', 10],
  ['API_Enable_Rate_Limiter_Limit_Time_Default', 60_000],
  ['API_Default_Count', 50],
  ['API_Upper_Count_Limit', 100],
  ['API_Allow_Infinite_Count', true],
  ['API_User_Limit', 500],

  ['Accounts_LoginExpiration', 90],
  ['Accounts_ShowFormLogin', true, open],
  ['Accounts_ManuallyApproveNewUsers', false, open],
  ['Accounts_AllowedDomainsList', '', open],
  ['Accounts_SystemBlockedUsernameList', 'admin,administrator,system,user'],
  ['Accounts_BlockedUsernameList', ''],
  ['Accounts_AllowUsernameChange', true, open],
  ['Accounts_AllowRealNameChange', true, open],
  ['Accounts_AllowEmailChange', true, open],
  ['Accounts_AllowPasswordChange', true, open],
  ['Accounts_AllowUserAvatarChange', true, open],
  ['Accounts_AllowUserStatusMessageChange', true, open],
  ['Accounts_RegistrationForm', 'Public', { ...open, ...select('Public', 'Disabled', 'Secret URL') }],
  ['Accounts_PasswordReset', true, open],
  ['Accounts_SetDefaultAvatar', true],
  ['Accounts_Send_Email_When_Activating', true],
  ['Accounts_Send_Email_When_Deactivating', true],
  ['Accounts_Registration_AuthenticationServices_Default_Roles', 'user'],
  ['Accounts_Registration_AuthenticationServices_Enabled', true, open],
  ['Accounts_Registration_Users_Default_Roles', 'user'],
  ['Accounts_Verify_Email_For_External_Accounts', true],
  ['Accounts_OAuth_Use_Modern_Flow', false, open],
  ['Accounts_TwoFactorAuthentication_Enabled', true, open],
  ['Accounts_TwoFactorAuthentication_RememberFor', 1800],
  ['Accounts_TwoFactorAuthentication_Enforce_Password_Fallback', true, open],
  ['Accounts_TwoFactorAuthentication_By_Email_Enabled', true, open],
  ['Accounts_TwoFactorAuthentication_By_Email_Auto_Opt_In', true],
  ['Accounts_twoFactorAuthentication_email_available_for_OAuth_users', true],
  ['Accounts_iframe_enabled', false, open],
  ['Accounts_iframe_url', '', open],
  ['Accounts_Iframe_api_url', '', open],
  ['Accounts_Iframe_api_method', 'POST', open],
  ['Block_Multiple_Failed_Logins_Enabled', true],
  ['Block_Multiple_Failed_Logins_By_User', true],
  ['Block_Multiple_Failed_Logins_Attempts_Until_Block_by_User', 10],
  ['Block_Multiple_Failed_Logins_Time_To_Unblock_By_User_In_Minutes', 5],
  ['Block_Multiple_Failed_Logins_By_Ip', true],
  ['Block_Multiple_Failed_Logins_Attempts_Until_Block_By_Ip', 50],
  ['Block_Multiple_Failed_Logins_Time_To_Unblock_By_Ip_In_Minutes', 5],
  ['Block_Multiple_Failed_Logins_Ip_Whitelist', ''],
];

/** A setting document; the type follows from the value unless it is given. */
export function newSetting(_id: string, value: SettingValue, more: Partial<Setting> = {}): Setting {
  const type = typeof value === 'boolean' ? 'boolean' : typeof value === 'number' ? 'int' : 'string';
  return { _id, type, value, packageValue: value, public: false, ...more };
}

/** Adds what is not there yet: a stored value wins over the one that the program ships. */
export function addSetting(state: State, setting: Setting): void {
  if (!state.settings.has(setting._id)) state.settings.set(setting._id, setting);
}

export function seedSettings(state: State): void {
  for (const [id, value, more] of ROWS) addSetting(state, newSetting(id, value, more));
}

import { customOAuthName, customOAuthSettingId, parseVersion, profileOf } from './index.js';

const profile = (text: string) => profileOf(parseVersion(text)!);

describe('a version', () => {
  it.each([
    ['8.9', { major: 8, minor: 9, patch: undefined }],
    ['8.9.1', { major: 8, minor: 9, patch: 1 }],
    ['9.0.0-rc.1', { major: 9, minor: 0, patch: 0, text: '9.0.0-rc.1' }],
    ['v7.11.2', { major: 7, minor: 11, patch: 2 }],
  ])('is read from %s', (text, parts) => expect(parseVersion(text)).toMatchObject(parts));

  it.each(['', 'latest', '8'])('is not in %j', (text) => expect(parseVersion(text)).toBeUndefined());
});

describe('the profile of a server', () => {
  it.each([
    ['7.0.0', { name: '7.x', signInModes: ['oauth'], createTokenBySecret: false, bulkSettings: false, probes: false }],
    ['7.11', { name: '7.x', probes: true, customOAuthNeedsLicence: false }],
    ['8.5.0', { name: '8.x', personalTokenMayNeedPassword: true, modernFlowSwitch: false }],
    [
      '8.9.1',
      {
        name: '8.x',
        signInModes: ['oauth', 'iframe-token'],
        modernFlowSwitch: true,
        customOAuthNeedsLicence: false,
        createTokenBySecret: true,
        problems: [],
      },
    ],
    ['9.0.0', { name: '9.x', signInModes: ['iframe-token'], customOAuthNeedsLicence: true, modernFlowSwitch: false }],
    ['6.13.0', { name: 'unknown', probes: false }],
    ['10.1.0', { name: 'unknown', customOAuthNeedsLicence: true }],
  ])('%s', (text, expected) => expect(profile(text)).toMatchObject(expected));

  it.each(['8.2.0', '8.2', '7.8.0', '6.0.0', '10.0.0'])('warns of %s', (text) =>
    expect(profile(text).problems).not.toEqual([]),
  );
  it.each(['8.2.1', '7.9.4', '8.9'])('does not warn of %s', (text) => expect(profile(text).problems).toEqual([]));
});

describe('a custom OAuth provider', () => {
  it('is named as the server names it', () => {
    expect(customOAuthName('besedka')).toBe('Besedka');
    expect(customOAuthName('My-Portal 2!')).toBe('Myportal2');
    expect(customOAuthSettingId('besedka')).toBe('Accounts_OAuth_Custom-Besedka');
    expect(customOAuthSettingId('BESEDKA', 'merge_users')).toBe('Accounts_OAuth_Custom-Besedka-merge_users');
  });
});

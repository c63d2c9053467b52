import { isSecret } from './backup-content.js';

describe('which settings are sealed in a backup', () => {
  it.each([
    ['SMTP_Password', 'password'],
    ['FileUpload_S3_AWSSecretAccessKey', 'string'],
    ['Accounts_OAuth_Custom-Besedka-secret', 'string'],
    ['SMS_Twilio_authToken', 'string'],
    ['Push_apn_key', 'string'],
    ['Push_apn_passphrase', 'string'],
    ['SAML_Custom_Default_private_key', 'code'],
    ['GoogleVision_ServiceAccount', 'string'],
    ['Anything', 'password'],
  ])('%s (%s)', (_id, type) => expect(isSecret({ _id, type })).toBe(true));

  it('also what the server itself calls secret', () => {
    expect(isSecret({ _id: 'Anything', type: 'string', secret: true })).toBe(true);
  });

  it.each([['Site_Name'], ['Accounts_OAuth_Custom-Besedka-token_path'], ['Accounts_OAuth_Custom-Besedka-key_field']])(
    'not %s',
    (_id) => expect(isSecret({ _id, type: 'string' })).toBe(false),
  );
});

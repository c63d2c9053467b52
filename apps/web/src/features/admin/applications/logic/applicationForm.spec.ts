import { describe, expect, it } from '@jest/globals';
import { createOAuthClient } from '@besedka/contracts/oauth';
import { OAUTH_SCOPE_NAMES } from '@besedka/contracts/oauth-scopes';
import { allFrom, differences, merge, undecided, undisputed } from '../../logic/editConflict';
import {
  APPLICATION_FORM,
  problemsOf,
  sameFields,
  serverProblems,
  shownScopes,
  toCreate,
  type ApplicationFields,
} from './applicationForm';
import { PRESETS, PLACEHOLDERS, presetFields, presetKind } from './presets';

const fields = (more: Partial<ApplicationFields> = {}): ApplicationFields => ({
  ...presetFields('web'),
  name: 'Wiki',
  redirectUris: ['https://wiki.example.com/cb'],
  ...more,
});

describe('what a new application begins with', () => {
  it.each(PRESETS)('%s is accepted by the server’s own schema once name and address are written', (preset) => {
    const begun = presetFields(preset);
    const written = { ...begun, name: 'Wiki', redirectUris: begun.redirectUris.map(() => PLACEHOLDERS[preset]) };
    expect(problemsOf(presetKind(preset), written)).toEqual(new Map());
    expect(createOAuthClient.safeParse(toCreate(presetKind(preset), written)).error).toBeUndefined();
  });

  it('only Rocket.Chat’s legacy flow goes without PKCE and without consent', () => {
    for (const preset of PRESETS) {
      const { pkceRequired, firstParty } = presetFields(preset);
      expect([preset, pkceRequired, firstParty]).toEqual([preset, preset !== 'rocketChat', preset === 'rocketChat']);
    }
  });

  it('another sort keeps what was written', () => {
    const written = fields({ description: 'Notes' });
    expect(presetFields('browser', written)).toMatchObject({
      name: 'Wiki',
      description: 'Notes',
      redirectUris: ['https://wiki.example.com/cb'],
    });
    expect(presetFields('service', written).redirectUris).toEqual([]);
  });
});

describe('the form of an application', () => {
  it('names the row of every address that cannot be registered, empty rows not counted', () => {
    const redirectUris = [
      '',
      'https://ok.example.com/cb',
      'nonsense',
      ' ',
      'https://a.example.com/#x',
      'https://me:pw@a.example.com/',
      'http://a.example.com/',
      'myapp:/cb',
    ];
    expect(problemsOf('confidential', fields({ redirectUris }))).toEqual(
      new Map([
        ['redirectUris.2', 'bad_uri'],
        ['redirectUris.4', 'uri_fragment'],
        ['redirectUris.5', 'uri_user_info'],
        ['redirectUris.6', 'uri_not_https'],
        ['redirectUris.7', 'uri_scheme'],
      ]),
    );
    expect(
      serverProblems(fields({ redirectUris }), [{ path: 'redirectUris.1', code: 'bad_uri', message: '' }]),
    ).toEqual(new Map([['redirectUris.2', 'bad_uri']]));
  });

  it('is told one broken rule per field, by the form and by the server alike', () => {
    const tooLong = `https://a.example/${'x'.repeat(3000)}`;
    const wrong = fields({ name: '', homeUrl: tooLong, description: '\u0000'.repeat(3000), redirectUris: [tooLong] });
    const said = createOAuthClient.safeParse(toCreate('confidential', wrong)).error?.issues ?? [];
    const places = said.map(({ path }) => path.join('.'));
    expect(places).toEqual([...new Set(places)]);
    const told = said.map(({ path, message }) => ({ path: path.join('.'), code: message, message }));
    expect(serverProblems(wrong, told)).toEqual(problemsOf('confidential', wrong));
  });

  it('says what is missing, and what the kind does not allow', () => {
    expect(problemsOf('confidential', fields({ name: ' ', redirectUris: [''] }))).toEqual(
      new Map([
        ['name', 'empty'],
        ['redirectUris', 'empty'],
      ]),
    );
    expect(problemsOf('public', fields({ pkceRequired: false }))).toEqual(
      new Map([['pkceRequired', 'public_needs_pkce']]),
    );
    expect(problemsOf('confidential', fields({ grantTypes: ['client_credentials', 'refresh_token'] }))).toEqual(
      new Map([['grantTypes', 'nothing_to_refresh']]),
    );
  });

  it('offers scopes that mean something for the grants, and hides none that is given', () => {
    expect(shownScopes(fields({ scopes: ['openid'] }), OAUTH_SCOPE_NAMES)).not.toContain('directory:read');
    const service = fields({ grantTypes: ['client_credentials'], scopes: ['directory:read', 'email'] });
    expect(shownScopes(service, OAUTH_SCOPE_NAMES)).toEqual(['email', 'directory:read', 'tokens:introspect']);
  });

  it('is unchanged by order, spaces and empty rows', () => {
    const other = fields({
      name: ' Wiki ',
      scopes: [...fields().scopes].reverse(),
      redirectUris: ['https://wiki.example.com/cb', ''],
    });
    expect(sameFields(fields(), other)).toBe(true);
    expect(sameFields(fields(), fields({ firstParty: true }))).toBe(false);
  });
});

describe('two people who edit one application', () => {
  const base = fields();
  const mine = fields({ name: 'Mine', firstParty: true });
  const theirs = fields({ name: 'Theirs', description: 'New' });
  const list = differences(APPLICATION_FORM, base, mine, theirs);

  it('only what both changed is left to decide', () => {
    expect(list).toEqual([
      { field: 'name', changedBy: 'both' },
      { field: 'description', changedBy: 'theirs' },
      { field: 'firstParty', changedBy: 'mine' },
    ]);
    expect(undecided(list, undisputed(list))).toEqual(['name']);
  });

  it('the choice makes one form of both', () => {
    expect(merge(APPLICATION_FORM, mine, theirs, { ...undisputed(list), name: 'mine' })).toEqual({
      ...theirs,
      name: 'Mine',
      firstParty: true,
    });
    expect(merge(APPLICATION_FORM, mine, theirs, allFrom(list, 'theirs'))).toEqual(theirs);
  });
});

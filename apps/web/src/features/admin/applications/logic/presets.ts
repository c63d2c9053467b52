import { DEVICE_CODE_GRANT } from '@besedka/contracts/oauth-scopes';
import type { ApplicationFields, ClientKind } from './applicationForm';

export const PRESETS = ['web', 'browser', 'device', 'service', 'rocketChat'] as const;
export type Preset = (typeof PRESETS)[number];

type Filled = Pick<ApplicationFields, 'firstParty' | 'pkceRequired' | 'grantTypes' | 'scopes' | 'redirectUris'>;

/**
 * What an application of this sort needs and nothing more. Rocket.Chat's legacy flow knows no PKCE, never renews its token, and asks
 * for whatever scopes its own setting says.
 */
const CHOICES: Readonly<Record<Preset, { kind: ClientKind; name?: string; fields: Filled }>> = {
  web: {
    kind: 'confidential',
    fields: {
      firstParty: false,
      pkceRequired: true,
      grantTypes: ['authorization_code', 'refresh_token'],
      scopes: ['openid', 'profile', 'email', 'offline_access'],
      redirectUris: [''],
    },
  },
  browser: {
    kind: 'public',
    fields: {
      firstParty: false,
      pkceRequired: true,
      grantTypes: ['authorization_code', 'refresh_token'],
      scopes: ['openid', 'profile', 'email', 'offline_access'],
      redirectUris: [''],
    },
  },
  device: {
    kind: 'public',
    fields: {
      firstParty: false,
      pkceRequired: true,
      grantTypes: [DEVICE_CODE_GRANT, 'refresh_token'],
      scopes: ['openid', 'profile', 'offline_access'],
      redirectUris: [],
    },
  },
  service: {
    kind: 'confidential',
    fields: {
      firstParty: false,
      pkceRequired: true,
      grantTypes: ['client_credentials'],
      scopes: ['directory:read'],
      redirectUris: [],
    },
  },
  rocketChat: {
    kind: 'confidential',
    name: 'Rocket.Chat',
    fields: {
      firstParty: true,
      pkceRequired: false,
      grantTypes: ['authorization_code'],
      scopes: ['openid', 'profile', 'email', 'roles', 'read'],
      redirectUris: [''],
    },
  },
};

/** Names that a choice has written by itself: they go with it. */
const suggested = new Set(['', ...Object.values(CHOICES).flatMap(({ name }) => name ?? [])]);

export const presetKind = (preset: Preset): ClientKind => CHOICES[preset].kind;

/** The form for this sort of application; what the person has written already stays. */
export function presetFields(preset: Preset, written?: ApplicationFields): ApplicationFields {
  const { name, fields } = CHOICES[preset];
  const kept = written?.redirectUris.filter((uri) => uri.trim() !== '') ?? [];
  return {
    name: written && !suggested.has(written.name) ? written.name : (name ?? ''),
    description: written?.description ?? '',
    homeUrl: written?.homeUrl ?? '',
    postLogoutRedirectUris: [],
    ...structuredClone(fields),
    redirectUris: fields.redirectUris.length > 0 && kept.length > 0 ? kept : [...fields.redirectUris],
  };
}

/** An address to follow, for the empty field. */
export const PLACEHOLDERS: Readonly<Record<Preset, string>> = {
  web: 'https://app.example.com/callback',
  browser: 'https://app.example.com/callback',
  device: '',
  service: '',
  rocketChat: 'https://chat.example.com/_oauth/besedka',
};

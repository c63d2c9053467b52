import { createI18n } from 'vue-i18n';
import { englishPlural, russianPlural } from './plural';

export const LOCALES = ['ru', 'en'] as const;
export type AppLocale = (typeof LOCALES)[number];
/** One locale file each; a route names the areas it needs in `meta.areas`. `common` and `errors` are always there. */
export type LocaleArea =
  | 'common'
  | 'auth'
  | 'chats'
  | 'admin'
  | 'profile'
  | 'errors'
  | 'oauth'
  | 'applications'
  | 'integration'
  | 'rocketchat';

type Messages = Record<string, unknown>;

const files = import.meta.glob<Messages>('./locales/*/*.json', { import: 'default' });
const loaded = new Set<string>();
const wanted = new Set<LocaleArea>();

export const i18n = createI18n({
  legacy: false,
  locale: 'ru' as AppLocale,
  fallbackLocale: 'en',
  messages: { ru: {}, en: {} },
  pluralRules: { ru: russianPlural, en: englishPlural },
  missingWarn: import.meta.env.DEV,
  fallbackWarn: false,
});

async function loadArea(locale: AppLocale, area: LocaleArea): Promise<void> {
  const key = `./locales/${locale}/${area}.json`;
  if (loaded.has(key)) return;
  const load = files[key];
  if (!load) throw new Error(`There is no locale file ${key}`);
  const messages = await load();
  i18n.global.mergeLocaleMessage(locale, { [area]: messages });
  loaded.add(key);
}

/** Loads the texts of these areas in the current language; keys are `area.key`. Safe to call again. */
export async function needTexts(...areas: LocaleArea[]): Promise<void> {
  for (const area of areas) wanted.add(area);
  let locale: AppLocale;
  do {
    locale = i18n.global.locale.value;
    await Promise.all(areas.map((area) => loadArea(locale, area)));
    // The language may have been switched meanwhile.
  } while (locale !== i18n.global.locale.value);
}

/** Switches the language once every text in use is there, so that no key is ever shown. */
export async function setI18nLocale(locale: AppLocale): Promise<void> {
  await Promise.all([...wanted].map((area) => loadArea(locale, area)));
  i18n.global.locale.value = locale;
  document.documentElement.lang = locale;
}

/** Translation outside components. */
export const translate = (key: string, named: Record<string, unknown> = {}): string => i18n.global.t(key, named);

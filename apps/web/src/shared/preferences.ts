import { computed, ref, watch, type ComputedRef, type Ref } from 'vue';
import { i18n, LOCALES, setI18nLocale, type AppLocale } from './i18n';
import { safeStorage } from './safeStorage';

export const THEMES = ['system', 'light', 'dark'] as const;
export type ThemeChoice = (typeof THEMES)[number];

/** Read by /theme.js before the first paint as well. */
const THEME_KEY = 'besedka.theme';
const LOCALE_KEY = 'besedka.locale';

const stored = safeStorage.get(THEME_KEY);
const choice = ref<ThemeChoice>(stored === 'light' || stored === 'dark' ? stored : 'system');
const systemDark = matchMedia('(prefers-color-scheme: dark)');
const systemIsDark = ref(systemDark.matches);
systemDark.addEventListener('change', (event) => (systemIsDark.value = event.matches));
const dark = computed(() => choice.value === 'dark' || (choice.value === 'system' && systemIsDark.value));

watch(dark, (isDark) => {
  const root = document.documentElement;
  root.classList.toggle('dark', isDark);
  root.classList.toggle('light', !isDark);
  document.querySelector('meta[name="theme-color"]')?.setAttribute('content', isDark ? '#121613' : '#f7f9f7');
});

/** Light, dark or as the system; kept in this browser and, when signed in, with the account (the session store does that). */
export function useTheme(): {
  choice: Ref<ThemeChoice>;
  dark: ComputedRef<boolean>;
  set: (theme: ThemeChoice) => void;
} {
  return {
    choice,
    dark,
    set(theme) {
      choice.value = theme;
      safeStorage.set(THEME_KEY, theme === 'system' ? null : theme);
    },
  };
}

/** The language chosen here before, else the browser's (set on the document by /theme.js). */
export function initialLocale(): AppLocale {
  const locale = document.documentElement.lang;
  return LOCALES.find((known) => known === locale) ?? 'en';
}

/** The language of the interface; switching waits for its texts. */
export function useLocale(): { locale: ComputedRef<AppLocale>; set: (locale: AppLocale) => Promise<void> } {
  return {
    locale: computed(() => i18n.global.locale.value),
    async set(locale) {
      await setI18nLocale(locale);
      safeStorage.set(LOCALE_KEY, locale);
    },
  };
}

import { createPinia } from 'pinia';
import { createApp } from 'vue';
import { i18n, needTexts, setI18nLocale, translate } from '../shared/i18n';
import { keepTitle } from '../shared/pageTitle';
import { initialLocale } from '../shared/preferences';
import App from './App.vue';
import { createAppRouter } from './router';

/** Builds and mounts the app; texts are there before the first paint, so no key is ever shown. */
export async function startApp(): Promise<void> {
  await setI18nLocale(initialLocale());
  await needTexts('common', 'errors');
  const app = createApp(App);
  app.use(createPinia());
  app.use(i18n);
  app.use(createAppRouter(app));
  keepTitle(() => translate('common.product'));
  app.mount('#app');
}

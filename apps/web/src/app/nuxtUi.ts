import bundledIcons from '@nuxt/ui/runtime/vue/plugins/icons.js';
import type { App } from 'vue';
import type { Router } from 'vue-router';

let ready = false;

/**
 * Prepares Nuxt UI for the first page that uses it. Its own plugin is not used: it would load on every page and write a second
 * palette into the document (ours stands in nuxt-ui-theme.css).
 */
export function useNuxtUi(app: App, router: Router): void {
  if (ready) return;
  ready = true;
  app.use(bundledIcons);
  app.provide('nuxtui:router', () => router);
}

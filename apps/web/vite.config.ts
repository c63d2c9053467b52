import { fileURLToPath, URL } from 'node:url';
import vueI18n from '@intlify/unplugin-vue-i18n/vite';
import nuxtUi from '@nuxt/ui/vite';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';
import { lucideIcons } from './build/lucide-icons.js';
import { precompress } from './build/precompress.js';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const api = process.env['BESEDKA_API_URL'] ?? 'http://127.0.0.1:8001';
const toApi = { target: api, changeOrigin: false };

export default defineConfig({
  root: here('.'),
  plugins: [
    vue(),
    // Components and composables of Nuxt UI are imported explicitly (`@nuxt/ui/components/Table.vue`), so nothing heavy
    // enters a chunk unnoticed; only the themes of components really used are generated.
    nuxtUi({
      autoImport: false,
      components: false,
      colorMode: false,
      dts: false,
      experimental: { componentDetection: true },
      // Every icon comes from the installed collection; the icon API of another host is never asked.
      icon: { clientBundle: { scan: true, sizeLimitKb: 128 } },
    }),
    vueI18n({
      include: [here('./src/shared/i18n/locales/**')],
      // Messages are compiled at build time: the compiler in the browser would need `unsafe-eval` or 10 kB more.
      runtimeOnly: true,
      dropMessageCompiler: true,
      compositionOnly: true,
      fullInstall: false,
      strictMessage: true,
    }),
    lucideIcons(),
    precompress(),
  ],
  define: { __VUE_OPTIONS_API__: 'true', __VUE_PROD_DEVTOOLS__: 'false' },
  resolve: {
    alias: [
      { find: /^@besedka\/contracts$/, replacement: here('../../libs/contracts/src/index.ts') },
      { find: /^@besedka\/contracts\/(.*)$/, replacement: `${here('../../libs/contracts/src')}/$1.ts` },
    ],
    // One copy each: libraries installed at the root of the workspace would otherwise not find ours.
    dedupe: ['vue', 'vue-router', 'vue-i18n', 'pinia'],
  },
  server: {
    port: Number(process.env['BESEDKA_WEB_PORT'] ?? 8002),
    strictPort: true,
    proxy: {
      '/api': toApi,
      '/o/': toApi,
      '/.well-known': toApi,
      '/version': toApi,
      '/socket.io': { ...toApi, ws: true },
    },
  },
  build: {
    outDir: here('./dist'),
    emptyOutDir: true,
    manifest: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    // The content policy is 'self' only: nothing may be turned into a data: address.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
  },
});

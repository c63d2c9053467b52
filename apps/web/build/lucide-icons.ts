import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Plugin } from 'vite';

interface IconSet {
  icons: Record<string, { body: string }>;
  aliases?: Record<string, { parent: string }>;
}

/**
 * `import IconSend from '~lucide/send'` gives a Vue component that draws this one Lucide icon.
 * What for: the shell and the chat need some thirty icons and no icon run-time; an icon costs its path and nothing else.
 */
export function lucideIcons(): Plugin {
  const prefix = '~lucide/';
  let set: IconSet | undefined;
  const load = (): IconSet => {
    set ??= JSON.parse(
      readFileSync(createRequire(import.meta.url).resolve('@iconify-json/lucide/icons.json'), 'utf8'),
    ) as IconSet;
    return set;
  };
  return {
    name: 'besedka:lucide-icons',
    enforce: 'pre',
    resolveId: (id) => (id.startsWith(prefix) ? `\0${id}` : undefined),
    load(id) {
      if (!id.startsWith(`\0${prefix}`)) return undefined;
      const name = id.slice(prefix.length + 1);
      const { icons, aliases } = load();
      const icon = icons[name] ?? icons[aliases?.[name]?.parent ?? ''];
      if (!icon) throw new Error(`There is no Lucide icon named "${name}"`);
      return `import { h } from 'vue';
const attributes = { viewBox: '0 0 24 24', width: '1em', height: '1em', 'aria-hidden': 'true', focusable: 'false', innerHTML: ${JSON.stringify(icon.body)} };
export default (props) => h('svg', { ...attributes, ...props });`;
    },
  };
}

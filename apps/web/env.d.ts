/// <reference types="vite/client" />

/** One Lucide icon as a component; see build/lucide-icons.ts. */
declare module '~lucide/*' {
  import type { FunctionalComponent, SVGAttributes } from 'vue';
  const icon: FunctionalComponent<SVGAttributes>;
  export default icon;
}

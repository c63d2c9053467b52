import { computed, ref, watch } from 'vue';

/** Unread messages over all chats; the chat feature writes it, the rail, the title and the app icon show it. */
const unreadTotal = ref(0);
const pageTitle = ref('');

export const useUnreadTotal = (): typeof unreadTotal => unreadTotal;
/** The page's own part of the title, e.g. a chat's name. */
export const usePageTitle = (): typeof pageTitle => pageTitle;

/** "(3) Garden · Besedka". */
export function titleText(page: string, unread: number, product: string): string {
  const count = unread > 0 ? `(${unread > 999 ? '999+' : unread}) ` : '';
  return count + (page ? `${page} · ${product}` : product);
}

/** Keeps `document.title` and the app icon's badge true from now on. */
export function keepTitle(product: () => string): void {
  const text = computed(() => titleText(pageTitle.value, unreadTotal.value, product()));
  watch(text, (title) => (document.title = title), { immediate: true });
  watch(unreadTotal, (count) => {
    if (!('setAppBadge' in navigator)) return;
    // Refused where the app is not installed; the badge is a bonus there.
    (count > 0 ? navigator.setAppBadge(count) : navigator.clearAppBadge()).catch(() => undefined);
  });
}

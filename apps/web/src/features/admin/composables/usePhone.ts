import { onScopeDispose, ref, type Ref } from 'vue';

/** Whether the window is a phone's: the same edge as the `phone` variant of the styles. */
export function usePhone(): Readonly<Ref<boolean>> {
  const query = matchMedia('(width < 48rem)');
  const phone = ref(query.matches);
  const follow = (event: MediaQueryListEvent): void => void (phone.value = event.matches);
  query.addEventListener('change', follow);
  onScopeDispose(() => query.removeEventListener('change', follow));
  return phone;
}

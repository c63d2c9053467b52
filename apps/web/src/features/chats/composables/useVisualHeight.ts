import { onBeforeUnmount, onMounted, ref } from 'vue';

/**
 * Height of what is really visible, for browsers whose on-screen keyboard covers the page instead of shrinking it (there
 * `interactive-widget=resizes-content` is unknown). Null when the layout is right by itself; a pinch zoom changes nothing.
 */
export function useVisualHeight() {
  const height = ref<number | null>(null);
  const viewport = window.visualViewport;

  function measure(): void {
    if (!viewport || Math.abs(viewport.scale - 1) > 0.01) return;
    const covered = innerHeight - viewport.height;
    height.value = covered > 60 ? Math.round(viewport.height) : null;
    // Safari scrolls the whole page to bring the field into view; with the right height that is no longer needed.
    if (height.value !== null && viewport.offsetTop > 0) scrollTo(0, 0);
  }
  onMounted(() => {
    viewport?.addEventListener('resize', measure);
    viewport?.addEventListener('scroll', measure);
    measure();
  });
  onBeforeUnmount(() => {
    viewport?.removeEventListener('resize', measure);
    viewport?.removeEventListener('scroll', measure);
  });
  return height;
}

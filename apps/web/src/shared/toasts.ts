import { ref } from 'vue';
import { announce } from './announcer';
import { errorText } from './api/errorText';

export interface Toast {
  id: number;
  kind: 'info' | 'success' | 'error';
  text: string;
  action?: { label: string; run: () => void };
}

const toasts = ref<Toast[]>([]);
let nextId = 1;

const TIMES = { info: 5_000, success: 4_000, error: 8_000 } as const;

function close(id: number): void {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
}

function show(kind: Toast['kind'], text: string, options: { action?: Toast['action']; timeout?: number } = {}): number {
  const id = nextId++;
  // The same words twice on screen help nobody.
  const others = toasts.value.filter((toast) => toast.text !== text).slice(-3);
  toasts.value = [...others, { id, kind, text, ...(options.action && { action: options.action }) }];
  announce(text, kind === 'error' ? 'assertive' : 'polite');
  setTimeout(() => close(id), options.timeout ?? (options.action ? 10_000 : TIMES[kind]));
  return id;
}

/** Short notices at the edge of the page. `fail` says what went wrong in the person's words. */
export const useToasts = () => ({
  toasts,
  close,
  info: (text: string, options?: { action?: Toast['action']; timeout?: number }) => show('info', text, options),
  success: (text: string, options?: { action?: Toast['action']; timeout?: number }) => show('success', text, options),
  fail: (error: unknown, options?: { action?: Toast['action']; timeout?: number }) =>
    show('error', errorText(error), options),
});

import { shallowRef } from 'vue';

export interface ConfirmQuestion {
  title: string;
  text?: string;
  /** Word on the button that does it: "Delete the chat", never "OK". */
  confirm: string;
  danger?: boolean;
}

interface Open extends ConfirmQuestion {
  answer: (yes: boolean) => void;
}

const open = shallowRef<Open | null>(null);

/** Asks before something that cannot be taken back; resolves to whether the person agreed. */
export function confirmAction(question: ConfirmQuestion): Promise<boolean> {
  open.value?.answer(false);
  return new Promise((resolve) => {
    open.value = {
      ...question,
      answer(yes) {
        open.value = null;
        resolve(yes);
      },
    };
  });
}

/** For the one component that draws the question. */
export const useConfirmQuestion = (): typeof open => open;

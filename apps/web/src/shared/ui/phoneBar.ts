import { ref, type Ref } from 'vue';

const visible = ref(true);

/** Whether a phone shows the bottom bar: hidden inside a conversation, where the room belongs to the composer. */
export const usePhoneBar = (): Ref<boolean> => visible;

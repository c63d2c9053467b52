import { useSession } from '../session';

/** Whether the welcome card is to be shown: once per channel and sitting (as long as the tab lives), per person. */
export function welcomeDue(chatId: string): boolean {
  const key = `besedka.welcomed.${useSession().me?.id}.${chatId}`;
  try {
    if (sessionStorage.getItem(key)) return false;
    sessionStorage.setItem(key, '1');
  } catch {
    // Storage is forbidden: the card would come with every visit, so it does not come at all.
    return false;
  }
  return true;
}

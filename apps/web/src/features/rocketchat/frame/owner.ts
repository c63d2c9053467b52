import { safeStorage } from '../../../shared/safeStorage';

const KEY = 'besedka.rocketchat.user';
const NOBODY = 'nobody';

/**
 * Whose session Rocket.Chat's storage in this browser can hold: it outlives the portal's, and no message of the frame says whose it is.
 * The note is written so that at every moment, also after a crash, the session belongs to the one who is named or to nobody.
 */
export interface FrameOwner {
  /** `unknown`: perhaps somebody's; `nobody`: it is certain that nobody is signed in there. */
  get: () => { userId: string } | 'nobody' | 'unknown';
  set: (owner: { userId: string } | 'nobody' | 'unknown') => void;
}

export const frameOwner: FrameOwner = {
  get() {
    const text = safeStorage.get(KEY);
    if (text === null) return 'unknown';
    return text === NOBODY ? 'nobody' : { userId: text };
  },
  set(owner) {
    safeStorage.set(KEY, owner === 'unknown' ? null : owner === 'nobody' ? NOBODY : owner.userId);
  },
};

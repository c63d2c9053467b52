import { StartupError } from '../../config/config-error.js';

/** Somebody of the portal would become an admin of Rocket.Chat by their name alone; nothing was written. */
export class TakeoverError extends StartupError {
  constructor(readonly username: string) {
    super(
      `The portal's account ${username} would become the Rocket.Chat admin of the same name: rename that admin there first.`,
    );
  }
}

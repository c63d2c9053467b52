import { z } from 'zod';
import { optionalText } from './env-fields.js';

/** The first owner in production. Read only while the database has no owner; ignored afterwards. */
export const ownerSchema = z.object({
  /** User name of the first owner. */
  OWNER_USERNAME: optionalText(),
  /** E-mail address of the first owner. */
  OWNER_EMAIL: optionalText(),
  /** Password of the first owner; a known default is refused. */
  OWNER_PASSWORD: optionalText(),
});

export interface OwnerConfig {
  readonly username: string | null;
  readonly email: string | null;
  readonly password: string | null;
}

import { AVATAR_BYTES_MAX } from '@besedka/contracts/limits';

export const AVATAR_TYPES = ['image/jpeg', 'image/png', 'image/webp', 'image/gif', 'image/avif'] as const;
export const AVATAR_MEGABYTES = AVATAR_BYTES_MAX / 1024 / 1024;

export type AvatarProblem = 'wrongType' | 'tooBig';

/** What can be told about a file before it is sent. The server decides from the content; this only saves a useless upload. */
export function avatarProblem(file: Pick<File, 'type' | 'size'>): AvatarProblem | null {
  if (!AVATAR_TYPES.some((type) => type === file.type)) return 'wrongType';
  return file.size > AVATAR_BYTES_MAX ? 'tooBig' : null;
}

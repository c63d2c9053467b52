/** Address of a user's picture on this server; null without one. The version is part of it: a picture at an address never changes. */
export function avatarUrl(userId: string, avatarVersion: number): string | null {
  return avatarVersion === 0 ? null : `/api/v1/users/${userId}/avatar/${avatarVersion}.webp`;
}

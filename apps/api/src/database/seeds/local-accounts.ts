/** One account of local mode, as PRODUCT and README list it. */
export interface LocalAccount {
  readonly username: string;
  readonly role: string;
  readonly fullName: string;
  /** Printed for everybody to read: refused in production. */
  readonly password: string;
}

/** The accounts that local mode begins with. */
export const LOCAL_ACCOUNTS: readonly LocalAccount[] = [
  { username: 'owner', role: 'owner', fullName: 'Ольга Владимирова', password: 'owner123secure' },
  { username: 'admin', role: 'moderator', fullName: 'Антон Морозов', password: 'admin123secure' },
  { username: 'store_owner', role: 'store_owner', fullName: 'Степан Лавров', password: 'storeowner123secure' },
  { username: 'store_admin', role: 'store_admin', fullName: 'Алла Лавочкина', password: 'storeadmin123secure' },
  { username: 'test_user', role: 'user', fullName: 'Тимур Юрьев', password: 'user123secure' },
];

/** Address of a local account; nothing is ever sent there unless a mail server is configured. */
export const localEmail = (username: string): string => `${username}@besedka.local`;

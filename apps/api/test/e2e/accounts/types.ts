import type { Page, Role, Session, User } from '@besedka/contracts';

export type SessionList = { items: Session[] };
export type RoleList = { items: Role[] };
export type UserPage = Page<User>;
